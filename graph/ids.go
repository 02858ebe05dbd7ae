package graph

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
	"census-gateway/upstream/census"
)

// The types that have an id, as the id names them: "Sync:52".
const (
	syncType    = "Sync"
	syncRunType = "SyncRun"
)

// parseID reads an id, "Sync:52" or just "52", that stands in the argument arg.
// Without a type of its own it is of the type want; "" wants one to be named.
func parseID(arg, id, want string) (typename string, n int64, err error) {
	typename, digits, named := strings.Cut(id, ":")
	if !named {
		typename, digits = want, id
	}
	known := typename == syncType || typename == syncRunType
	if n, ok := number(digits); ok && known {
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

// number reads a Census number in its one form: digits, no sign, no leading zero.
func number(s string) (int64, bool) {
	if s == "" || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// badInput is an error in what the caller asked, said for the caller to read.
func badInput(format string, args ...any) *gqlerror.Error {
	err := gqlerror.Errorf(format, args...)
	err.Extensions = map[string]any{"code": errcodes.BadUserInput}
	return err
}
