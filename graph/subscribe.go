package graph

import (
	"context"
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/alerts"
	"census-gateway/graph/exec"
	"census-gateway/graph/health"
	"census-gateway/graph/live"
	"census-gateway/graph/transport"
	"census-gateway/internal/errcodes"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// A source returns the events of one subscription.
type source interface {
	// next waits for the next event. id is its cursor; "" for events without one. It returns an
	// error when ctx or the source ends.
	next(ctx context.Context) (event any, id string, err error)
}

// subscribe starts a subscription. Each event executes the same plan.
func (s breadthFirst) subscribe(ctx context.Context, op *graphql.OperationContext) graphql.ResponseHandler {
	p := s.planOf(ctx, op)
	if r := notes.Of(ctx); r != nil {
		describe(r, op) // before the first event
	}
	from := ctx.Value(loadersKey{}).(*lazyLoaders)
	field, args, err := p.exec.Source(op)
	if err != nil {
		err = badInput("%s", err)
	}
	var events source
	if err == nil {
		events, err = from.source(ctx, field, args, op.Headers.Get("Last-Event-ID"))
	}
	if err != nil {
		graphql.AddError(ctx, err)
		return nil
	}
	return func(ctx context.Context) *graphql.Response {
		event, id, err := events.next(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			graphql.AddError(ctx, err)
			return &graphql.Response{}
		}
		transport.SetEventID(ctx, id)
		return s.event(ctx, op, p, event)
	}
}

// event executes the plan for one event, with its own loaders and time limit.
func (s breadthFirst) event(ctx context.Context, op *graphql.OperationContext, p *plan, event any) *graphql.Response {
	from := ctx.Value(loadersKey{}).(*lazyLoaders)
	within, cancel := context.WithTimeout(ctx, from.options.Timeout)
	defer cancel()
	within = withLoaders(within, from.census, from.options)
	return s.start(within, op, p, event)(within)
}

// start starts the execution of op with the object root.
func (s breadthFirst) start(ctx context.Context, op *graphql.OperationContext, p *plan, root any) graphql.ResponseHandler {
	x := exec.Start(ctx, op, p.exec, root, func() { loadersOf(ctx).read() })
	x.Room = func(bytes int) *gqlerror.Error {
		if s.hold != nil && !s.hold(ctx, bytes) {
			return errNoRoom()
		}
		return nil
	}
	return func(ctx context.Context) *graphql.Response {
		buffer := texts.Get().(*[]byte)
		return x.Next(ctx, (*buffer)[:0])
	}
}

// source returns the events of a field of Subscription. seen is the id of the last event that an
// SSE client received (Last-Event-ID); "" if it sent none.
func (l *lazyLoaders) source(ctx context.Context, field string, args map[string]any, seen string) (source, error) {
	sum, named, err := timelineOf(args["syncIds"].([]string), nil, true)
	if err != nil {
		return nil, err
	}
	ids, err := l.known(ctx, named)
	if err != nil {
		return nil, err
	}
	switch field {
	case "syncHealthChanged":
		return l.healthChanges(ctx, ids, args["states"].([]health.State))
	case "alertChanged":
		return alertChanges{l.follow(ctx, ids), args["rules"].([]alerts.Rule)}, nil
	}
	after := args["after"].(*string)
	if seen != "" {
		after = &seen
	}
	mark, err := parseMark(after, sum)
	if err != nil {
		return nil, err
	}
	return l.runChanges(ctx, ids, args["outcomes"].([]census.SyncRunOutcome), sum, mark)
}

// known returns the ids of the syncs that exist in Census; nil, which means all, if syncs is nil.
func (l *lazyLoaders) known(ctx context.Context, syncs []*Sync) (known []census.SyncID, err error) {
	if syncs == nil {
		return nil, nil
	}
	ids := idsOf(syncs)
	if len(ids) == 0 {
		return nil, badInput("syncIds must contain at least one id; omit it to follow all syncs")
	}
	found := l.census.SyncsByID(ctx, ids)
	for _, id := range ids {
		if failed := found[id].Err; failed != nil && kindOf(failed) == calls.NotFound {
			err = failed
		} else {
			known = append(known, id)
		}
	}
	if len(known) > 0 {
		err = nil
	}
	return known, err
}

// allSyncIDs returns the ids of all syncs of the workspace, sorted.
func allSyncIDs(ctx context.Context, client *upstream.Client) ([]census.SyncID, error) {
	all, err := client.AllSyncs(ctx)
	ids := make([]census.SyncID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	slices.Sort(ids)
	return ids, err
}

// kindOf returns the kind of a failed call; 0 for other errors and for nil.
func kindOf(err error) calls.Kind {
	var call *calls.Error
	if errors.As(err, &call) {
		return call.Kind
	}
	return 0
}

// follow follows the given syncs until ctx ends; nil: all syncs.
func (l *lazyLoaders) follow(ctx context.Context, ids []census.SyncID) *live.Follower {
	f := l.options.Watch.Follow(l.census, ids)
	context.AfterFunc(ctx, f.Close)
	return f
}

// errSlow turns live.ErrSlow, the end of a subscription whose client reads too slowly, into an
// error for the client. It returns other errors unchanged.
func errSlow(err error) error {
	if !errors.Is(err, live.ErrSlow) {
		return err
	}
	return &gqlerror.Error{Message: "Your client reads events too slowly, so some were lost. To continue, subscribe again with after set to the cursor of the last event received.",
		Extensions: map[string]any{"code": errcodes.Overloaded}}
}
