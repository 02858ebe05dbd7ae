package documents

import (
	"testing"
	"time"

	"census-gateway/internal/errcodes"
)

type fakeStore map[string]string

func (s fakeStore) Get(key string) string { return s[key] }

func (s fakeStore) Set(key string, life time.Duration, value func() []byte) {
	if life > 0 {
		s[key] = string(value())
	}
}

// A query sent to one gateway is known to the others. They ignore a stored text with another
// hash.
func TestAutomaticOfOthers(t *testing.T) {
	store := fakeStore{}
	hash := hashOf(hello)
	ask(t, Persisted{Automatic: NewTexts(store)}, "", hello, persisted(hash))
	if len(store) != 1 {
		t.Fatalf("%d entries", len(store))
	}
	other := Persisted{Automatic: NewTexts(store)}
	for range 2 {
		if text, code := ask(t, other, "", "", persisted(hash)); text != hello || code != "" {
			t.Errorf("%q %s", text, code)
		}
		clear(store) // it is in memory by now
	}
	for _, damaged := range []string{"{other}", hello + " "} {
		store[storeKey(hash)] = damaged
		if text, code := ask(t, Persisted{Automatic: NewTexts(store)}, "", "", persisted(hash)); text != "" || code != errcodes.PersistedQueryNotFound {
			t.Errorf("%q %s", text, code)
		}
	}
}
