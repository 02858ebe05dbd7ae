package edge

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Anonymous is the Caller.ID of all callers if no credentials are required.
const Anonymous = "anonymous"

// A Caller is the sender of a request.
type Caller struct {
	// ID is stable and not secret; logs, limits and tenants use it. Its prefix names the kind of
	// credential, so that ids of different kinds never collide: "key:NAME", "jwt:HASH" (of the
	// subject), "token:HASH", or Anonymous. It is never empty in a Caller returned by an
	// Authenticator.
	ID string

	// Token is the caller's own Census token in pass-through mode, where ID is derived from it.
	// It is empty in every other mode.
	Token Secret

	// Expires is when the caller's credentials do; zero if that is not known.
	Expires time.Time
}

// String returns the ID.
func (c Caller) String() string { return c.ID }

// GoString returns the form of %#v.
func (c Caller) GoString() string { return fmt.Sprintf("edge.Caller{ID: %q}", c.ID) }

// Format writes the ID for every verb except %#v.
func (c Caller) Format(f fmt.State, verb rune) {
	switch {
	case verb == 'v' && f.Flag('#'):
		io.WriteString(f, c.GoString())
	case verb == 'q':
		fmt.Fprintf(f, "%q", c.ID)
	default:
		io.WriteString(f, c.ID)
	}
}

// LogValue returns the ID.
func (c Caller) LogValue() slog.Value { return slog.StringValue(c.ID) }

// MarshalJSON returns {"id": …} and nothing else.
func (c Caller) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"id": c.ID})
}
