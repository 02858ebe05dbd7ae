package graph

import (
	"context"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/exec"
	"census-gateway/internal/errcodes"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// A Group is a group of V2.
type Group struct {
	ID   string
	Key  string
	Name *string
}

// newGroup returns the answer for a group, with the name that the operator configured, or the
// names of its sources.
func (r *Resolver) newGroup(g upstream.Group) *Group {
	name := r.groupNames[g.Key]
	if name == "" {
		name = strings.Join(slices.DeleteFunc(slices.Clone(g.Sources), func(s string) bool { return s == "" }), ", ")
	}
	group := &Group{ID: groupType + ":" + g.Key, Key: g.Key}
	if name != "" {
		group.Name = &name
	}
	return group
}

// groups returns the groups that the gateway serves.
func (r *Resolver) groups(ctx context.Context) exec.Later[[]*Group] {
	l := loadersOf(ctx)
	if l.census.Version() == calls.V1 {
		return exec.Value[[]*Group](nil, nil)
	}
	return exec.After(l.connections.load(upstream.Sources), func(ends *upstream.Ends) ([]*Group, error) {
		list := l.census.Groups(ends)
		groups := make([]*Group, len(list))
		for i, g := range list {
			groups[i] = r.newGroup(g)
		}
		return groups, nil
	})
}

// groupNode returns the group with the id in the argument arg.
func (r *Resolver) groupNode(ctx context.Context, arg, id string) exec.Later[Node] {
	key, err := parseGroupID(arg, id)
	if err != nil {
		return exec.Value[Node](nil, err)
	}
	return exec.Bind(r.groups(ctx), func(list []*Group) exec.Later[Node] {
		for _, g := range list {
			if g.Key == key {
				return exec.Value[Node](g, nil)
			}
		}
		err := gqlerror.Errorf("Census has no group %s, or this token may not read it.", key)
		err.Extensions = map[string]any{"code": errcodes.NotFound}
		return exec.Value[Node](nil, err)
	})
}

// groupOfSync returns the group of a sync.
func (r *Resolver) groupOfSync(ctx context.Context, s *Sync) exec.Later[*Group] {
	l, got := loadersOf(ctx), s.requestRecord(ctx)
	return exec.Then(func() exec.Later[*Group] {
		if got(); s.record == nil || l.census.Version() == calls.V1 {
			return exec.Value[*Group](nil, s.err)
		}
		return exec.Bind(l.groupKeysOf([]*census.Sync{s.record}), func(keys []string) exec.Later[*Group] {
			if keys[0] == "" {
				return exec.Value[*Group](nil, nil)
			}
			return exec.After(l.connections.load(upstream.Sources), func(ends *upstream.Ends) (*Group, error) {
				return r.newGroup(ends.Group(keys[0])), nil
			})
		})
	})
}

// groupKeysOf returns the keys of the groups of records; "" if a key is unknown or the record is
// nil.
func (l *loaders) groupKeysOf(records []*census.Sync) exec.Later[[]string] {
	keys, sides := l.census.GroupKeys(records)
	return l.readGroupKeys(keys, sides)
}

func (l *loaders) readGroupKeys(keys []string, sides []upstream.GroupSide) exec.Later[[]string] {
	for i, side := range sides {
		if !side.Wanted() {
			continue
		}
		got := l.connections.load(side.Side)
		return exec.Then(func() exec.Later[[]string] {
			ends, err := got.Get()
			if err != nil {
				return exec.Value[[]string](nil, err)
			}
			side.Take(ends)
			return l.readGroupKeys(keys, sides[i+1:])
		})
	}
	return exec.Value(keys, nil)
}
