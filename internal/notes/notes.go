// Package notes holds what the layers find out about a request. It is one value in the
// request's context, filled on the way in and read on the way out: a context and a copy
// of the request for each fact would cost more than finding it.
package notes

import (
	"context"
	"sync/atomic"
	"time"
)

// Notes are what is known of one request. A nil *Notes takes none.
type Notes struct {
	ID   string // "" if it was given none
	Body []byte // all of it, until the request is answered; nil where it is still to be read
	Told

	begun  time.Time
	calls  atomic.Int64
	cached atomic.Int64
	asOf   atomic.Int64 // of the oldest part, milliseconds since 1970; 0: nothing has been read
	stale  atomic.Bool
	until  atomic.Int64 // milliseconds since 1970; 0: nothing has been read
}

// Told is what became of the operation, for whoever watches the gateway.
type Told struct {
	Name     string   // of the operation, as the client sent it; "" if it has none
	Type     string   // "query"; "" if it was never parsed
	Document string   // documents.ShortHash of its text
	Codes    []string // of the errors answered, first come first, each once
	Trusted  string   // id of the trusted document that was asked for; "" if it was none
	// Deprecated are the fields it asked that are deprecated, "SyncRun.recordsInvalid", each once.
	Deprecated []string
	Limit      string // that it passed, by its name in docs/operations.md; "" if it was not refused for one
}

// Key is the key of contexts under which there are Notes, or a value that embeds some.
type Key struct{}

// Of returns the notes of ctx's request; nil if it has none.
func Of(ctx context.Context) *Notes {
	if holder, ok := ctx.Value(Key{}).(interface{ Itself() *Notes }); ok {
		return holder.Itself()
	}
	return nil
}

// Itself returns n, so that what embeds Notes holds some.
func (n *Notes) Itself() *Notes { return n }

// With gives the request of ctx notes, where no layer has.
func With(ctx context.Context) (context.Context, *Notes) {
	n := new(Notes)
	n.Begin()
	return context.WithValue(ctx, Key{}, n), n
}

// Begin notes that the request begins now.
func (n *Notes) Begin() { n.begun = time.Now() }
