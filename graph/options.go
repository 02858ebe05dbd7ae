package graph

import (
	"context"
	"log/slog"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/alerts"
	"census-gateway/graph/documents"
	"census-gateway/graph/limits"
	"census-gateway/graph/live"
)

// Options configure a handler. The zero values are good defaults, except that Limits disables
// introspection.
type Options struct {
	Log         *slog.Logger  // receives the causes of failures; nil: no log
	Timeout     time.Duration // of one operation; 0: 10 s
	MaxBody     int64         // maximum bytes of a request; 0: 256 KiB
	MaxDocument int           // maximum bytes of a document; 0: 64 KiB
	// MaxTokens is the maximum number of tokens in a document. The time of validation grows with
	// its square. 0 means 2,000.
	MaxTokens int
	Limits    limits.Limits // of one operation
	// ReadLimit is the maximum number of calls of one operation for filters, statistics and lists
	// of many syncs, not counting the first of each. 0 means 2,000.
	ReadLimit      int
	Trusted        *documents.Trusted // operations known by id; nil: none
	OnlyTrusted    bool               // reject all other operations
	Federation     bool               // answer routers of Apollo Federation
	GroupNames     map[string]string  // of groups, by key; other groups are named after their sources
	AppURL         string             // of web pages: "https://app.getcensus.com"; "": no URLs
	Now            func() time.Time   // nil: time.Now
	OwnTokens      bool               // callers use their own Census tokens
	Watch          *live.Watchers     // for subscriptions; nil: new ones with 120 calls a minute
	ReportedAlerts *alerts.Reported   // alerts that Census has reported by webhook; nil: none
	Queries        documents.Store    // persisted queries that gateways share; nil: they share none
	// Last lets a subscription last longer than one operation; see [transport.Options]. Nil: as
	// long as its client stays.
	Last func(ctx context.Context) (lasting context.Context, end func(), refusal *gqlerror.Error)
	// Hold is called with the minimum size of an answer, in bytes, while it is made. If it
	// returns false, the answer is rejected with OVERLOADED. Nil: no limit.
	Hold func(ctx context.Context, bytes int) bool
	// OnFresh is called with the time for which an answer stays fresh, before its header is
	// written; 0 for an answer with errors. It may be nil.
	OnFresh func(ctx context.Context, d time.Duration)
	// OnBatch is called when a loader begins to read keys items together. The returned function
	// is called at the end. It may be nil.
	OnBatch func(ctx context.Context, loader string, keys int) (context.Context, func(error))
}

// defaultReadLimit is in calls to Census. A month of 200 hourly syncs takes about 1,700.
const defaultReadLimit = 2000

// setDefaults replaces the zero values of opt, except that of Last.
func (opt *Options) setDefaults() {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Timeout == 0 {
		opt.Timeout = 10 * time.Second
	}
	if opt.ReadLimit == 0 {
		opt.ReadLimit = defaultReadLimit
	}
	if opt.Watch == nil {
		opt.Watch = &live.Watchers{Calls: 120}
	}
	if opt.MaxTokens == 0 {
		opt.MaxTokens = 2000
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.OnBatch == nil {
		opt.OnBatch = func(ctx context.Context, _ string, _ int) (context.Context, func(error)) { return ctx, func(error) {} }
	}
	if opt.Hold == nil {
		opt.Hold = func(context.Context, int) bool { return true }
	}
}
