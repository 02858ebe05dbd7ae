package graph

import (
	"io"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/inputs"
	"census-gateway/upstream/census"
)

// The functions below write our types as scalars. A value that Census did not send is null, and
// execution reports a null in a non-null field. Answers are written by the functions in
// appendscalars.go; gqlgen requires these marshalers, too.

// MarshalSyncID writes a sync's id as Node.id.
func MarshalSyncID(id census.SyncID) graphql.Marshaler { return nodeID(syncType, int64(id)) }

// UnmarshalSyncID parses the output of MarshalSyncID.
func UnmarshalSyncID(v any) (census.SyncID, error) {
	s, err := graphql.UnmarshalID(v)
	if err != nil {
		return 0, err
	}
	return parseSyncID("id", s)
}

// MarshalSyncRunID writes a run's id as Node.id.
func MarshalSyncRunID(id census.SyncRunID) graphql.Marshaler { return nodeID(syncRunType, int64(id)) }

// UnmarshalSyncRunID parses the output of MarshalSyncRunID.
func UnmarshalSyncRunID(v any) (census.SyncRunID, error) {
	s, err := graphql.UnmarshalID(v)
	if err != nil {
		return 0, err
	}
	return parseSyncRunID("id", s)
}

func nodeID(typename string, id int64) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { w.Write(appendNodeID(make([]byte, 0, 32), typename, id)) })
}

// MarshalSyncNumber writes a sync's id as its number in Census.
func MarshalSyncNumber(id census.SyncID) graphql.Marshaler { return graphql.MarshalInt64(int64(id)) }

// UnmarshalSyncNumber parses the output of MarshalSyncNumber.
func UnmarshalSyncNumber(v any) (census.SyncID, error) {
	n, err := graphql.UnmarshalInt64(v)
	return census.SyncID(n), err
}

// MarshalSyncRunNumber writes a run's id as its number in Census.
func MarshalSyncRunNumber(id census.SyncRunID) graphql.Marshaler {
	return graphql.MarshalInt64(int64(id))
}

// UnmarshalSyncRunNumber parses the output of MarshalSyncRunNumber.
func UnmarshalSyncRunNumber(v any) (census.SyncRunID, error) {
	n, err := graphql.UnmarshalInt64(v)
	return census.SyncRunID(n), err
}

// MarshalInt writes an Int.
func MarshalInt(n int) graphql.Marshaler { return graphql.MarshalInt(n) }

// UnmarshalInt parses an Int of 32 bits. As the specification requires, it rejects numbers in
// strings.
func UnmarshalInt(v any) (int, error) {
	if text, ok := v.(string); ok {
		return 0, badInput("an Int must be a whole number, not the text %.40q", text)
	}
	n, err := graphql.UnmarshalInt32(v)
	if err != nil {
		return 0, badInput("an Int must be a whole number from -2147483648 to 2147483647")
	}
	return int(n), nil
}

// MarshalEdgeCursor writes a cursor.
func MarshalEdgeCursor(c EdgeCursor) graphql.Marshaler { return graphql.MarshalString(c.text()) }

// UnmarshalEdgeCursor returns an error; gqlgen requires it, but cursors of edges are only output.
func UnmarshalEdgeCursor(any) (EdgeCursor, error) {
	return EdgeCursor{}, badInput("the cursor of an edge is not valid as an argument")
}

// MarshalCount writes a number of records.
func MarshalCount(c census.Count) graphql.Marshaler {
	if !c.Known {
		return graphql.Null
	}
	return graphql.MarshalInt64(c.N)
}

// UnmarshalCount parses the output of MarshalCount.
func UnmarshalCount(v any) (census.Count, error) {
	n, err := graphql.UnmarshalInt64(v)
	return census.Count{N: n, Known: err == nil}, err
}

// MarshalDateTime writes a moment in the format of Census.
func MarshalDateTime(t census.DateTime) graphql.Marshaler {
	if t == 0 {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) {
		b := append(make([]byte, 0, 32), '"')
		w.Write(append(t.Append(b), '"'))
	})
}

// UnmarshalDateTime parses an RFC 3339 timestamp. It accepts null.
func UnmarshalDateTime(v any) (census.DateTime, error) {
	if v == nil {
		return 0, nil
	}
	if s, ok := v.(string); ok {
		if t, ok := parseDateTime(s); ok {
			return t, nil
		}
	}
	return 0, badInput("a DateTime must be %s", dateTimeForm)
}

// scalars holds the schema's own scalars that arguments can have.
var scalars = map[string]inputs.Scalar{
	"DateTime": {Form: "expected " + dateTimeForm, Reads: func(v any) bool {
		_, err := UnmarshalDateTime(v)
		return err == nil
	}},
}
