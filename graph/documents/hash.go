package documents

import (
	"crypto/sha256"
	"encoding/hex"
)

// ShortHash returns the name of a document in logs and traces: the first 12 hex digits of its
// SHA-256 hash, or "" for an empty text.
func ShortHash(text string) string {
	if text == "" {
		return ""
	}
	return hashOf(text)[:12]
}

// hashOf returns the SHA-256 hash of text in lower-case hex.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
