package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/stats"
	"census-gateway/upstream"
)

// ahead is what an operation will need from Census, as far as its text tells.
// What it needs of one sync is then known before anything is asked, however
// many aliases and fields ask for it, and becomes one set of page reads. What
// is only found on the way is gathered by the loaders.
type ahead struct {
	records []upstream.SyncID
	runs    []upstream.SyncRunID
	slices  []stretch
	sides   []upstream.Side
}

// readAhead begins to read what the root fields of ctx's operation ask of syncs
// and runs that they name. Arguments that are wrong are passed over here: the
// field's own resolver says so.
func readAhead(ctx context.Context) {
	var a ahead
	op := graphql.GetOperationContext(ctx)
	for _, f := range planOf(op).roots {
		args := f.ArgumentMap(op.Variables)
		id, _ := graphql.UnmarshalID(args["id"])
		switch f.Name {
		case "sync":
			a.node(ctx, f, syncType, id)
		case "syncRun":
			a.node(ctx, f, syncRunType, id)
		case "node":
			a.node(ctx, f, "", id)
		case "nodes":
			if args, err := noContext.field_Query_nodes_args(ctx, args); err == nil {
				a.nodes(ctx, f, args["ids"].([]string))
			}
		case "syncs":
			if args, err := noContext.field_Query_syncs_args(ctx, args); err == nil {
				a.syncs(ctx, f, args["ids"].([]string), args["filter"].(*SyncFilter), args["orderBy"].(*SyncOrder), pageOf(args))
			}
		}
	}
	a.begin(ctx)
}

// askedAhead are the root fields of op that name what they ask.
func askedAhead(op *graphql.OperationContext) (roots []asked) {
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, queryImplementors) {
		switch f.Name {
		case "sync", "syncRun", "node", "nodes", "syncs":
			roots = append(roots, asks(op, f))
		}
	}
	return roots
}

// runsAhead begins to read what f asks of the runs of syncs.
func runsAhead(ctx context.Context, f asked, syncs []*Sync) {
	for _, s := range syncs {
		if s.record != nil {
			loadersOf(ctx).syncs.known(ctx, s.ID, s.record)
		}
	}
	var a ahead
	a.windows(ctx, f, syncs...)
	a.begin(ctx)
}

// begin starts to read.
func (a *ahead) begin(ctx context.Context) {
	if len(a.records)+len(a.slices)+len(a.runs)+len(a.sides) == 0 {
		return
	}
	l := loadersOf(ctx)
	l.syncsAhead(ctx, a.records)
	l.slicesAhead(ctx, a.slices)
	for _, id := range a.runs {
		l.runs.ahead(ctx, []upstream.SyncRunID{id})
	}
	for _, side := range a.sides {
		l.sides.ahead(ctx, []upstream.Side{side})
	}
}

// node adds what field f asks of the node with an id.
func (a *ahead) node(ctx context.Context, f asked, want, id string) {
	switch typename, n, err := parseID("id", id, want); {
	case err != nil:
	case typename == syncRunType:
		a.runs = append(a.runs, upstream.SyncRunID(n))
	default:
		if f.record {
			a.records = append(a.records, upstream.SyncID(n))
		}
		a.windows(ctx, f, &Sync{ID: upstream.SyncID(n)})
	}
}

func (a *ahead) nodes(ctx context.Context, f asked, ids []string) {
	if len(ids) > maxNodeIDs {
		return
	}
	for _, id := range ids {
		a.node(ctx, f, "", id)
	}
}

// syncs adds what field f asks of the syncs with the ids.
func (a *ahead) syncs(ctx context.Context, f asked, ids []string, filter *SyncFilter, order *SyncOrder, page pageArgs) {
	syncs, err := syncsNamed("ids", ids)
	if err != nil {
		return
	}
	if order != nil || !filter.all() { // which are shown depends on the records
		for _, s := range syncs {
			a.records = append(a.records, s.ID)
		}
		return
	}
	part, err := page.cut(syncs, namedList(syncs, nil, nil), SyncOrder{}, len(syncs))
	if err != nil {
		return
	}
	shown := part.of(syncs)
	if f.record {
		for _, s := range shown {
			a.records = append(a.records, s.ID)
		}
	}
	a.windows(ctx, f, shown...)
}

// windows adds the stretches of the runs of syncs that field f asks for, and the
// sides it asks for the names of.
func (a *ahead) windows(ctx context.Context, f asked, syncs ...*Sync) {
	for _, f := range f.of {
		if f.record {
			for _, s := range syncs {
				a.records = append(a.records, s.ID)
			}
		}
		var page pageArgs
		newestFirst := true
		switch f.Name {
		case "source", "destination":
			if len(syncs) > 0 {
				a.sides = append(a.sides, f.sides...)
			}
			continue
		case "latestRun":
			for _, s := range syncs {
				a.slices = append(a.slices, stretch{sync: s.ID, window: latest})
			}
			continue
		case "health":
			for _, s := range syncs {
				a.slices = append(a.slices, stretch{sync: s.ID, window: judged})
			}
			continue
		case "runStats": // has its first page with what others want of the newest runs
			args, err := noContext.field_Sync_runStats_args(ctx, f.ArgumentMap(graphql.GetOperationContext(ctx).Variables))
			if err != nil {
				continue
			}
			if filter := args["filter"].(stats.Filter); !refuses(ctx, f.CollectedField, &filter) {
				a.scan(&filter, syncs)
			}
			continue
		case "runs":
			args, err := noContext.field_Sync_runs_args(ctx, f.ArgumentMap(graphql.GetOperationContext(ctx).Variables))
			if err != nil {
				continue
			}
			newestFirst, page = runsNewestFirst(args["orderBy"].(*SyncRunOrder)), pageOf(args)
			if filter := args["filter"].(*stats.Filter); filter != nil && !filter.MatchesEverything() { // read step by step, until enough is found
				if w, err := page.window(0, newestFirst); err == nil && w == (upstream.Window{Limit: w.Limit}) { // from the newest run on, without cursors
					a.scan(filter, syncs)
				}
				continue
			}
		default:
			continue
		}
		a.slices = slices.Grow(a.slices, len(syncs))
		for _, s := range syncs {
			if w, err := page.window(runList(s.ID, newestFirst), newestFirst); err == nil {
				a.slices = append(a.slices, stretch{sync: s.ID, window: w})
			}
		}
	}
}

// scan adds the newest runs of syncs, with which a scan for what filter passes
// begins, unless it begins elsewhere.
func (a *ahead) scan(filter *stats.Filter, syncs []*Sync) {
	if filter.CreatedBefore != 0 || filter.MatchesNothing() || filter.Check() != nil {
		return
	}
	for _, s := range syncs {
		a.slices = append(a.slices, scanStart(s.ID, upstream.Window{Limit: scanStep}))
	}
}
