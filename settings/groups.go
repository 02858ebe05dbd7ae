package settings

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Group is one of CENSUS_GROUPS: its key in Census, and its name for people, "" if none
// was given.
type Group struct{ Key, Name string }

// groups reads CENSUS_GROUPS; nil: it is left out. Set to nothing it is refused, since
// that would serve all that the token may see.
func (s Settings) groups() ([]Group, error) {
	if s.Groups == "" && !s.groupsNamed {
		return nil, nil
	}
	var groups []Group
	for _, item := range strings.Split(s.Groups, ",") {
		key, name, _ := strings.Cut(item, "=")
		g := Group{strings.TrimSpace(key), strings.TrimSpace(name)}
		known := slices.ContainsFunc(groups, func(other Group) bool { return other.Key == g.Key })
		switch {
		case g.Key == "":
			return nil, errors.New("must be groups, like wandering_aimlessly=Production,abundant_giraffe; left out, all are served")
		case strings.ContainsFunc(g.Key, func(r rune) bool { return r <= ' ' || r > '~' }) || len(g.Key) > 100:
			return nil, fmt.Errorf("must be groups, like wandering_aimlessly=Production; %.40q is not one word of ASCII", g.Key)
		case known:
			return nil, fmt.Errorf("names %q twice", g.Key)
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// GroupNames are the names of those groups that have one, by key.
func (s Settings) GroupNames() map[string]string {
	groups, _ := s.groups()
	names := make(map[string]string, len(groups))
	for _, g := range groups {
		names[g.Key] = g.Name
	}
	return names
}

// GroupKeys are the keys of the groups that are served; nil: all.
func (s Settings) GroupKeys() (keys []string) {
	groups, _ := s.groups()
	for _, g := range groups {
		keys = append(keys, g.Key)
	}
	return keys
}
