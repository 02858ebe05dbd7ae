package documents

const (
	// textBytes is the maximum memory of the texts.
	textBytes = 4 << 20

	// maxText is the maximum length of a stored text, in bytes. It is more than maxParsed, since
	// clients register hashes for long documents.
	maxText = 32 << 10
)

// Texts stores the texts of documents by hash, in memory.
type Texts struct{ *shared[string] }

// NewTexts returns an empty Texts of at most 4 MiB.
func NewTexts() *Texts { return &Texts{newShared[string](textBytes)} }

// keep stores text under hash, unless it is longer than 32 KiB.
func (t *Texts) keep(hash, text string) {
	if len(text) <= maxText {
		t.add(hash, text, len(hash)+len(text)+entryBytes)
	}
}
