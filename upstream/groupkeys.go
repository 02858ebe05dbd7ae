package upstream

import (
	"slices"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// Groups returns the served groups of the sources of V2, in order of their keys.
func (c *Client) Groups(sources *Ends) []Group {
	if c.groups == nil {
		return sources.groups()
	}
	return slices.DeleteFunc(slices.Clone(sources.groups()), func(g Group) bool { return !c.groups[g.Key] })
}

// GroupKeys returns the keys of the groups of syncs that the syncs themselves name; the others
// are "", also where a sync is nil. sides are the sides whose ends may complete keys, in the
// order to try them. V1 has no groups.
func (c *Client) GroupKeys(syncs []*census.Sync) (keys []string, sides []GroupSide) {
	keys = make([]string, len(syncs))
	if c.Version() == calls.V1 {
		return keys, nil
	}
	for i, y := range syncs {
		if y != nil {
			keys[i] = deref(y.GroupID)
		}
	}
	return keys, []GroupSide{{Sources, syncs, keys}, {Destinations, syncs, keys}}
}

// A GroupSide finds groups of syncs by the ends of one side.
type GroupSide struct {
	Side  Side
	syncs []*census.Sync
	keys  []string
}

func (g GroupSide) undecided(i int) bool {
	y := g.syncs[i]
	return y != nil && g.keys[i] == "" && (g.Side == Destinations || y.Source.ConnectionID != nil)
}

// Wanted reports whether the ends may show a group that is still unknown.
func (g GroupSide) Wanted() bool {
	for i := range g.syncs {
		if g.undecided(i) {
			return true
		}
	}
	return false
}

// Take sets the keys that the ends show.
func (g GroupSide) Take(ends *Ends) {
	for i, y := range g.syncs {
		if !g.undecided(i) {
			continue
		}
		if g.Side == Sources {
			g.keys[i] = deref(ends.byID[*y.Source.ConnectionID].GroupID)
		} else if a := ends.activations.Named(&y.Destination); a != nil {
			g.keys[i] = deref(a.GroupID)
		}
	}
}
