package documents

const (
	// textBytes is what the texts kept may take.
	textBytes = 4 << 20

	// maxText is the longest text kept, in bytes. It is longer than for parsed
	// documents, since long ones are what clients register hashes for.
	maxText = 32 << 10
)

// Texts keeps the text of documents by hash, in memory.
type Texts struct{ *shared[string] }

// NewTexts keeps texts within 4 MiB.
func NewTexts() *Texts { return &Texts{newShared[string](textBytes)} }

// keep keeps text under hash, unless it is longer than 32 KiB.
func (t *Texts) keep(hash, text string) {
	if len(text) <= maxText {
		t.add(hash, text, len(hash)+len(text)+entryBytes)
	}
}
