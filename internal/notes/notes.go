// Package notes records facts about a request, such as its calls to Census. One value in the
// request's context holds all of them: the layers set it on the way in and read it on the way out.
// A separate context and request copy for each fact would cost more than the fact itself.
package notes

import (
	"context"
	"sync/atomic"
	"time"
)

// Notes holds the facts about one request. A nil *Notes records nothing.
type Notes struct {
	ID   string // "" if it has none
	Body []byte // the complete body, until the request is answered; nil if it is not read yet
	Operation

	begun  time.Time
	calls  atomic.Int64
	cached atomic.Int64
	asOf   atomic.Int64 // of the oldest part, milliseconds since 1970; 0: nothing has been read
	stale  atomic.Bool
	until  atomic.Int64 // milliseconds since 1970; 0: nothing has been read
}

// Operation describes the operation, for logs and metrics.
type Operation struct {
	Name     string   // operation name, as the client sent it; "" if it has none
	Type     string   // "query"; "" if the document was not parsed
	Document string   // documents.ShortHash of its text
	Codes    []string // of the errors in the answer, in order, each once
	Trusted  string   // id of the trusted document; "" if the operation is not one
	// Deprecated lists the deprecated fields that the operation selects, as
	// "SyncRun.recordsInvalid", each once.
	Deprecated []string
	Limit      string // the exceeded limit, by its name in docs/operations.md; "" if no limit was exceeded
}

// Key is the context key of a *Notes, or of a value that embeds Notes.
type Key struct{}

// Of returns the notes of ctx's request; nil if it has no notes.
func Of(ctx context.Context) *Notes {
	if holder, ok := ctx.Value(Key{}).(interface{ Itself() *Notes }); ok {
		return holder.Itself()
	}
	return nil
}

// Itself returns n. A type that embeds Notes inherits it, so that Of finds its notes.
func (n *Notes) Itself() *Notes { return n }

// With returns ctx with new notes, for a request without any.
func With(ctx context.Context) (context.Context, *Notes) {
	n := new(Notes)
	n.Begin()
	return context.WithValue(ctx, Key{}, n), n
}

// Begin notes that the request begins now.
func (n *Notes) Begin() { n.begun = time.Now() }
