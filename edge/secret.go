package edge

import (
	"fmt"
	"io"
	"log/slog"
)

// mask replaces a Secret in all output.
const mask = "[secret]"

// A Secret is a text that must not be printed: fmt, log/slog and the encoders write a mask in its
// place. The text is behind a pointer, because fmt prints unexported fields without calling their
// methods, but prints a nested pointer as an address. Two Secrets of the same text are therefore
// not ==; compare the results of Reveal. The zero Secret is empty.
type Secret struct{ text *string }

// newSecret hides text.
func newSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text. Call it only to put the text into a header for its rightful receiver.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the text is empty. The omitzero option of encoding/json calls it.
func (s Secret) IsZero() bool { return s.text == nil }

// String returns the mask, or "" for an empty Secret.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return mask
}

// GoString returns the form of %#v.
func (s Secret) GoString() string { return s.String() }

// Format writes the mask for every verb, including those that would print the fields (%d) or
// encode them (%x).
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue returns the mask for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON returns the mask.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalText returns the mask, for encoders other than JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
