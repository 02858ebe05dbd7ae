package edge

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Anonymous is the Caller.ID of everyone where no credentials are asked for.
const Anonymous = "anonymous"

// A Caller is who sent a request.
type Caller struct {
	// ID is stable and not secret; logs, limits and tenants use it. Its prefix
	// tells where it is from, so that ids of different origins never meet:
	// "key:NAME", "jwt:HASH" (of the subject), "token:HASH", or Anonymous. It is never
	// empty in a Caller that came from an Authenticator.
	ID string

	// Token is the caller's own Census token in pass-through mode, where ID is
	// made from it; empty in every other mode.
	Token Secret
}

// String returns the ID.
func (c Caller) String() string { return c.ID }

// GoString is what %#v shows.
func (c Caller) GoString() string { return fmt.Sprintf("edge.Caller{ID: %q}", c.ID) }

// Format shows the ID for every verb but %#v.
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

// LogValue is the ID.
func (c Caller) LogValue() slog.Value { return slog.StringValue(c.ID) }

// MarshalJSON writes {"id": …} and nothing else.
func (c Caller) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"id": c.ID})
}

// withCaller returns a context that knows who asks, outside of RequestID.
func withCaller(ctx context.Context, c Caller) context.Context {
	return withKnown(ctx, RequestIDFrom(ctx), c)
}

// CallerFrom returns who asks; false if nobody has been let in yet.
func CallerFrom(ctx context.Context) (Caller, bool) {
	k := knownOf(ctx)
	if k == nil || k.caller.ID == "" {
		return Caller{}, false
	}
	return k.caller, true
}
