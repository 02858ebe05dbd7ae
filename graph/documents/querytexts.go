package documents

import "time"

const (
	// textBytes is the maximum memory of the texts.
	textBytes = 4 << 20

	// maxText is the maximum length of a stored text, in bytes. It is more than maxParsed, since
	// clients register hashes for long documents.
	maxText = 32 << 10

	// storeLifetime is how long the Store keeps a text.
	storeLifetime = 24 * time.Hour
)

// A Store is shared by several gateways. Its functions never fail and never block for long.
type Store interface {
	Get(key string) string // "" if it is missing
	Set(key string, life time.Duration, value func() []byte)
}

// Texts stores the texts of documents by hash, in memory and in a Store.
type Texts struct {
	*cache[string]
	store Store // may be nil
}

// NewTexts returns an empty Texts of at most 4 MiB. store may be nil.
func NewTexts(store Store) *Texts { return &Texts{newCache[string](textBytes), store} }

func storeKey(hash string) string { return "census-gateway:query:" + hash }

// put stores text under hash, unless it is longer than 32 KiB.
func (t *Texts) put(hash, text string) {
	if len(text) > maxText {
		return
	}
	_, known := t.get(hash)
	t.add(hash, text, len(hash)+len(text)+entryBytes)
	if t.store != nil && !known {
		t.store.Set(storeKey(hash), storeLifetime, func() []byte { return []byte(text) })
	}
}

// lookUp returns the text of hash from memory or from the Store.
func (t *Texts) lookUp(hash string) (text string, ok bool) {
	if text, ok = t.get(hash); ok || t.store == nil || len(hash) != len(hashOf("")) {
		return text, ok
	}
	text = t.store.Get(storeKey(hash))
	if len(text) > maxText || hashOf(text) != hash {
		return "", false
	}
	t.add(hash, text, len(hash)+len(text)+entryBytes)
	return text, true
}
