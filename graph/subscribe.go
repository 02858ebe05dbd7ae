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

// A source has the events of one subscription.
type source interface {
	// next waits for the next event: id is its cursor, "" without one. It ends with ctx,
	// and the source with its error.
	next(ctx context.Context) (event any, id string, err error)
}

// subscribe begins the subscription of ctx. Each event is an execution of the same plan.
func (s breadthFirst) subscribe(ctx context.Context, op *graphql.OperationContext) graphql.ResponseHandler {
	p := s.planOf(ctx, op)
	if r := notes.Of(ctx); r != nil {
		describe(r, op) // before its first event
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

// event answers an event, with loaders and a time of its own.
func (s breadthFirst) event(ctx context.Context, op *graphql.OperationContext, p *plan, event any) *graphql.Response {
	from := ctx.Value(loadersKey{}).(*lazyLoaders)
	within, cancel := context.WithTimeout(ctx, from.options.Timeout)
	defer cancel()
	within = withLoaders(within, from.census, from.options)
	return s.start(within, op, p, event)(within)
}

// start begins to answer op for the object root.
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

// source is what a field of Subscription follows, with arguments. seen is the cursor of the
// event that a client of SSE has received last; "" if it tells none.
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

// known are those of syncs that Census knows; nil, if nil, for all.
func (l *lazyLoaders) known(ctx context.Context, syncs []*Sync) (known []census.SyncID, err error) {
	if syncs == nil {
		return nil, nil
	}
	ids := idsOf(syncs)
	if len(ids) == 0 {
		return nil, badInput("syncIds must name at least one sync; leave it out to follow all")
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

// everyone are the ids of all syncs of the workspace, by client.
func everyone(ctx context.Context, client *upstream.Client) ([]census.SyncID, error) {
	all, err := client.AllSyncs(ctx)
	ids := make([]census.SyncID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	slices.Sort(ids)
	return ids, err
}

// kindOf is the kind of a failed call; 0 of none.
func kindOf(err error) calls.Kind {
	var call *calls.Error
	if errors.As(err, &call) {
		return call.Kind
	}
	return 0
}

// follow follows syncs until ctx ends.
func (l *lazyLoaders) follow(ctx context.Context, ids []census.SyncID) *live.Follower {
	f := l.options.Watch.Follow(l.census, ids)
	context.AfterFunc(ctx, f.Close)
	return f
}

// errSlow ends a subscription whose client does not read its events.
func errSlow(err error) error {
	if !errors.Is(err, live.ErrSlow) {
		return err
	}
	return &gqlerror.Error{Message: "You read your events too slowly, so that some were lost. Subscribe again with after, the cursor of the last one you have received.",
		Extensions: map[string]any{"code": errcodes.Overloaded}}
}
