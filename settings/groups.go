package settings

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Group is a group in CENSUS_GROUPS: its key in Census and its display name. The name is
// "" if the setting has none.
type Group struct{ Key, Name string }

// groups parses CENSUS_GROUPS. It returns nil if CENSUS_GROUPS is not set, which serves all
// groups. If CENSUS_GROUPS is set but empty, groups returns an error, so that a variable
// that expands to nothing does not serve all groups.
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
			return nil, errors.New("must be groups, like wandering_aimlessly=Production,abundant_giraffe; unset it to serve all groups")
		case strings.ContainsFunc(g.Key, func(r rune) bool { return r <= ' ' || r > '~' }) || len(g.Key) > 100:
			return nil, fmt.Errorf("must be groups, like wandering_aimlessly=Production; %.40q is not one word of ASCII", g.Key)
		case known:
			return nil, fmt.Errorf("names %q twice: remove one", g.Key)
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// GroupNames returns the display names of the groups that have one, by key.
func (s Settings) GroupNames() map[string]string {
	groups, _ := s.groups()
	names := make(map[string]string, len(groups))
	for _, g := range groups {
		names[g.Key] = g.Name
	}
	return names
}

// GroupKeys returns the keys of the groups to serve; nil for all groups.
func (s Settings) GroupKeys() (keys []string) {
	groups, _ := s.groups()
	for _, g := range groups {
		keys = append(keys, g.Key)
	}
	return keys
}
