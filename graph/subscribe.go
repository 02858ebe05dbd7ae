package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/alerts"
	"census-gateway/graph/health"
	"census-gateway/graph/transport"
	"census-gateway/internal/notes"
	"census-gateway/upstream/census"
)

// startSubscription starts a subscription. Each event executes the same plan.
func (s breadthFirstSchema) startSubscription(ctx context.Context, op *graphql.OperationContext) graphql.ResponseHandler {
	p := planOf(ctx, s.schema, op)
	if r := notes.Of(ctx); r != nil {
		describeOperation(r, op) // before the first event
	}
	from := ctx.Value(loadersKey{}).(*lazyLoaders)
	field, args, err := p.exec.Source(op)
	if err != nil {
		err = badInput("%s", err)
	}
	var events eventSource
	if err == nil {
		events, err = from.newEventSource(ctx, field, args, op.Headers.Get("Last-Event-ID"))
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
		return s.answerEvent(ctx, op, p, event)
	}
}

// answerEvent executes the plan for one event, with its own loaders and time limit.
func (s breadthFirstSchema) answerEvent(ctx context.Context, op *graphql.OperationContext, p *plan, event any) *graphql.Response {
	from := ctx.Value(loadersKey{}).(*lazyLoaders)
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	within = withLoaders(within, from.census, from.options)
	return s.startExecution(within, op, p, event)(within)
}

// newEventSource returns the events of a field of Subscription. seen is the id of the last event
// that an SSE client received (Last-Event-ID); "" if it sent none.
func (l *lazyLoaders) newEventSource(ctx context.Context, field string, args map[string]any, seen string) (eventSource, error) {
	sum, named, err := timelineList(args["syncIds"].([]string), nil, true)
	if err != nil {
		return nil, err
	}
	ids, err := l.existingIDs(ctx, named)
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
	mark, err := parseEventCursor(after, sum)
	if err != nil {
		return nil, err
	}
	return l.runChanges(ctx, ids, args["outcomes"].([]census.SyncRunOutcome), sum, mark)
}
