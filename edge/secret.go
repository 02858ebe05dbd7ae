package edge

import (
	"fmt"
	"io"
	"log/slog"
)

// mask stands wherever a Secret would be printed.
const mask = "[secret]"

// A Secret is a text that must not be printed: every way fmt, log/slog and
// the encoders have of showing it yields a mask. The text is behind a pointer
// because fmt shows the unexported fields of a struct without asking their
// methods, and shows a nested pointer as an address. Two Secrets of the same
// text are therefore not ==; compare what they Reveal. The zero Secret is
// empty.
type Secret struct{ text *string }

// newSecret hides text.
func newSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text. Only the code that puts it into a header for its
// rightful receiver has a reason to call it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no text. It has the name the omitzero
// option of encoding/json looks for.
func (s Secret) IsZero() bool { return s.text == nil }

// String returns the mask, or nothing for an empty Secret.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return mask
}

// GoString is what %#v shows.
func (s Secret) GoString() string { return s.String() }

// Format shows the mask for every verb, also for those that would look past
// String at the fields (%d) or encode them (%x).
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue is what a slog handler is given.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON writes the mask.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalText serves the encoders that do not ask for JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
