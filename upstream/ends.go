package upstream

import (
	"context"
	"maps"
	"slices"
	"sync"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// Ends are the sources or the destinations of all syncs. V1 lists both; V2 has destinations
// only inside its activations.
type Ends struct {
	byID        map[int64]census.Connection
	groups      func() []Group // of byID, by key
	activations *census.Activations
}

// A Group of V2 holds sources, and so the syncs that read from them. Census has no list of
// groups.
type Group struct {
	Key     string   // Census's id of the group, a word
	Sources []string // names of its sources, sorted
}

// Ends reads the connections of one side. It costs one call per 100.
func (c *Client) Ends(ctx context.Context, side Side) (*Ends, error) {
	if c.Version() == calls.V2 && side == Destinations {
		activations, err := c.Activations(ctx)
		return &Ends{activations: activations}, err
	}
	byID, err := c.Connections(ctx, side)
	return &Ends{byID: byID, groups: sync.OnceValue(func() []Group { return groupsOf(byID) })}, err
}

// SideOf returns the side whose list contains a sync's source.
func (c *Client) SideOf(src *census.SyncSource) Side {
	if c.Version() == calls.V2 && src.InActivation() {
		return Destinations
	}
	return Sources
}

// Source returns the name and the type of a sync's source; nil where unknown.
func (e *Ends) Source(src *census.SyncSource) (name, kind *string) {
	if e.activations != nil {
		end := e.activations.Source(src)
		return end.Name, end.Type
	}
	return e.connection(src.ConnectionID)
}

// Destination returns the name and the type of a sync's destination; nil where unknown.
func (e *Ends) Destination(d *census.SyncDestination) (name, kind *string) {
	if e.activations == nil {
		return e.connection(d.ConnectionID)
	}
	if a := e.activations.Destination(d); a != nil {
		return a.Name, a.Destination.Type
	}
	return nil, nil
}

func (e *Ends) connection(id *int64) (name, kind *string) {
	if id == nil {
		return nil, nil
	}
	c := e.byID[*id]
	return c.Name, c.Type
}

// Group returns the group of a key; without sources if no source is in it.
func (e *Ends) Group(key string) Group {
	for _, g := range e.groups() {
		if g.Key == key {
			return g
		}
	}
	return Group{Key: key}
}

func groupsOf(sources map[int64]census.Connection) []Group {
	byKey := map[string][]string{}
	for _, s := range sources {
		if key := deref(s.GroupID); key != "" {
			byKey[key] = append(byKey[key], deref(s.Name))
		}
	}
	groups := make([]Group, 0, len(byKey))
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		groups = append(groups, Group{key, slices.Sorted(slices.Values(byKey[key]))})
	}
	return groups
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
