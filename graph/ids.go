package graph

import (
	"slices"
	"strconv"
	"strings"

	"census-gateway/upstream/census"
)

// The types with an id, as named in ids such as "Sync:52".
const (
	syncType    = "Sync"
	syncRunType = "SyncRun"
	groupType   = "Group"
)

const maxSyncIDs = 500

// parseID parses the id in the argument arg, "Sync:52" or just "52". An id without a type has the
// type want. If want is "", the id must name its type.
func parseID(arg, id, want string) (typename string, n int64, err error) {
	typename, digits, named := strings.Cut(id, ":")
	if !named {
		typename, digits = want, id
	}
	known := typename == syncType || typename == syncRunType
	if n, ok := parseNumber(digits); ok && known {
		if want != "" && typename != want {
			return "", 0, badInput("%s: %q is a %s, not a %s", arg, id, typename, want)
		}
		return typename, n, nil
	}
	if want == "" {
		return "", 0, badInput("%s: %.80q is not an id; expected for example \"Sync:52\", \"SyncRun:94\" or \"Group:wandering_aimlessly\"", arg, id)
	}
	return "", 0, badInput("%s: %.80q is not the id of a %s; expected for example \"%s:52\" or \"52\"", arg, id, want, want)
}

func parseSyncID(arg, id string) (census.SyncID, error) {
	_, n, err := parseID(arg, id, syncType)
	return census.SyncID(n), err
}

func parseSyncRunID(arg, id string) (census.SyncRunID, error) {
	_, n, err := parseID(arg, id, syncRunType)
	return census.SyncRunID(n), err
}

// parseNumber parses a Census number, which has only digits, no sign and no leading zero.
func parseNumber(s string) (int64, bool) {
	if s == "" || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// maxGroupKey is the maximum length of the key in an id.
const maxGroupKey = 100

// parseGroupID parses the id of a group, "Group:KEY" or just the key.
func parseGroupID(arg, id string) (key string, err error) {
	key = strings.TrimPrefix(id, groupType+":")
	if key == "" || len(key) > maxGroupKey || strings.ContainsAny(key, ": ") {
		return "", badInput("%s: %.80q is not the id of a Group; expected for example \"Group:wandering_aimlessly\" or \"wandering_aimlessly\"", arg, id)
	}
	return key, nil
}

// parseGroupIDs returns the keys of the groups with the ids in the argument arg, sorted and without
// duplicates. It returns nil for nil, which means any group.
func parseGroupIDs(arg string, ids []string) ([]string, error) {
	if ids == nil {
		return nil, nil
	}
	if len(ids) > maxSyncIDs {
		return nil, badInput("%s must name at most %d groups, got %d", arg, maxSyncIDs, len(ids))
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		var err error
		if keys[i], err = parseGroupID(arg, id); err != nil {
			return nil, err
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}
