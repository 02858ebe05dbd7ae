package edge

import (
	"context"
	"net/http"

	"census-gateway/internal/notes"
)

// requestInfo holds the facts that the layers learn about a request: those shared by all
// rooms, and edge's own. It is the request's context from RequestID on. A layer can read
// the facts of an inner layer after that layer has returned.
type requestInfo struct {
	context.Context // of the request: it ends when the client leaves
	notes.Notes
	caller  Caller       // the zero Caller before authentication
	refusal *Refusal     // the refusal sent as the answer; nil if there was none, or after TakeRefusal
	memory  *answerShare // of the memory for large answers; nil outside of Recover
	slot    *slot        // in InFlight; nil outside of it
}

func requestInfoOf(ctx context.Context) *requestInfo {
	k, _ := ctx.Value(notes.Key{}).(*requestInfo)
	return k
}

// withRequestInfo returns a context for a request that begins now.
func withRequestInfo(ctx context.Context, id string, caller Caller) context.Context {
	k := &requestInfo{Context: ctx, caller: caller}
	k.ID = id
	k.Begin()
	return k
}

// Value returns k itself for the key of notes.
func (k *requestInfo) Value(key any) any {
	if key == (notes.Key{}) {
		return k
	}
	return k.Context.Value(key)
}

// RequestIDFrom returns the id that RequestID assigned; empty outside a request.
func RequestIDFrom(ctx context.Context) string {
	if k := requestInfoOf(ctx); k != nil {
		return k.ID
	}
	return ""
}

// withCaller returns a context with a caller, outside of RequestID.
func withCaller(ctx context.Context, c Caller) context.Context {
	return withRequestInfo(ctx, RequestIDFrom(ctx), c)
}

// CallerFrom returns the caller of a request; false before authentication.
func CallerFrom(ctx context.Context) (Caller, bool) {
	k := requestInfoOf(ctx)
	if k == nil || k.caller.ID == "" {
		return Caller{}, false
	}
	return k.caller, true
}

// HasRoom reports whether there is room for an answer to ctx's request of at least that many bytes
// in memory. If it returns false, stop making the answer.
func HasRoom(ctx context.Context, bytes int) bool {
	k := requestInfoOf(ctx)
	return k == nil || k.memory == nil || k.memory.growTo(int64(bytes))
}

// TakeRefusal returns the Refusal that the request was answered with, the first time it is
// called. The caller reports it to operators. It returns nil if there was none, or outside of
// RequestID.
func TakeRefusal(ctx context.Context) *Refusal {
	k := requestInfoOf(ctx)
	if k == nil {
		return nil
	}
	why := k.refusal
	k.refusal = nil
	return why
}

// Refusals calls report for each request that was answered with a Refusal not taken by TakeRefusal.
// It belongs directly inside of RequestID.
func Refusals(report func(*http.Request, *Refusal)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if why := TakeRefusal(r.Context()); why != nil {
				report(r, why)
			}
		})
	}
}
