package compare

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Options say what to compare.
type Options struct {
	V1, V2 API
	Groups []string // the groups that the gateway will serve; nil: all
	Syncs  int      // number of syncs whose runs are compared, newest first
}

// A Report is the result of a comparison.
type Report struct {
	V1, V2  int      // number of syncs that each shows
	Groups  []Group  // V2's groups, by their number of syncs
	Missing []string // ids of syncs that the gateway serves on V1, and will not on V2
	Hidden  []string // those of Missing that V2 shows, in groups that are not served
	Added   []string // ids of syncs that it will serve on V2, and does not on V1
	Unnamed []string // ids of syncs whose activation V2 does not list: their destination will have no name
	Runs    Runs
	Shapes  []Shape
}

// A Group is a group of V2.
type Group struct {
	Key    string // "": unknown
	Syncs  int
	Served bool
}

// Safe returns the reasons why the gateway would not serve the same after the switch, as
// sentences. No reasons: the switch is safe.
func (r *Report) Safe() (reasons []string) {
	count := func(n int, what string) {
		if n > 0 {
			reasons = append(reasons, fmt.Sprintf("%d %s", n, what))
		}
	}
	count(len(r.Missing), "syncs of V1 would not be served")
	count(len(r.Added), "syncs would be served that V1 does not show: set CENSUS_GROUPS to the groups to serve")
	count(len(r.Unnamed), "syncs would lose the name of their destination")
	count(len(r.Runs.Differences), "differences between runs")
	if r.Runs.Runs == 0 && r.V1 > 0 {
		reasons = append(reasons, "no run could be compared")
	}
	return reasons
}

// Compare reads both versions. It costs one call per 50 syncs for each version, one per 50
// sources and activations, and three for each sync whose runs are compared.
func Compare(ctx context.Context, opt Options) (*Report, error) {
	v1, err1 := opt.V1.all(ctx, "/syncs")
	v2, err2 := opt.V2.all(ctx, "/syncs")
	if err := errors.Join(withVersion("V1", err1), withVersion("V2", err2)); err != nil {
		return nil, err
	}
	sources, err := opt.V2.all(ctx, "/sources")
	if err != nil {
		return nil, withVersion("V2", err)
	}
	activations, err := opt.V2.all(ctx, "/activations")
	if err != nil {
		return nil, withVersion("V2", err)
	}
	r := &Report{V1: len(v1), V2: len(v2)}
	r.syncs(v1, v2, newDirectory(sources, activations), opt.Groups)
	runs, err := r.Runs.compare(ctx, opt, shared(v1, v2))
	if err != nil {
		return nil, err
	}
	r.Shapes = []Shape{shapeOf("sync", v2), shapeOf("sync run", runs), shapeOf("source", sources), shapeOf("activation", activations)}
	return r, nil
}

func withVersion(version string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", version, err)
}

// syncs compares which syncs each version shows.
func (r *Report) syncs(v1, v2 []record, d directory, served []string) {
	before, after := map[string]bool{}, map[string]bool{}
	for _, s := range v1 {
		before[text(s["id"])] = true
	}
	groups := map[string]*Group{}
	for _, s := range v2 {
		id, key := text(s["id"]), d.group(s)
		g := groups[key]
		if g == nil {
			g = &Group{Key: key, Served: served == nil || key != "" && slices.Contains(served, key)}
			groups[key] = g
		}
		g.Syncs++
		after[id] = g.Served
		switch {
		case !g.Served && before[id]:
			r.Hidden = append(r.Hidden, id)
		case g.Served && !before[id]:
			r.Added = append(r.Added, id)
		}
		if g.Served && !d.hasDestinationName(s) {
			r.Unnamed = append(r.Unnamed, id)
		}
	}
	for _, s := range v1 {
		if id := text(s["id"]); !after[id] {
			r.Missing = append(r.Missing, id)
		}
	}
	for _, g := range groups {
		r.Groups = append(r.Groups, *g)
	}
	slices.SortFunc(r.Groups, func(a, b Group) int {
		if a.Syncs != b.Syncs {
			return b.Syncs - a.Syncs
		}
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
}

// shared returns the ids of the syncs that both versions show, newest first.
func shared(v1, v2 []record) (ids []string) {
	inV2 := map[string]bool{}
	for _, s := range v2 {
		inV2[text(s["id"])] = true
	}
	for _, s := range slices.Backward(v1) {
		if id := text(s["id"]); inV2[id] {
			ids = append(ids, id)
		}
	}
	return ids
}
