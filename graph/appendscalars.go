package graph

import (
	"census-gateway/graph/exec"
	"census-gateway/upstream/census"
)

// The functions below append our scalars as the marshal functions of the same names write them.
// They return nil for null.

func appendNodeID(b []byte, typename string, id int64) []byte {
	b = append(b, '"')
	b = append(b, typename...)
	b = append(b, ':')
	b = exec.AppendInt(b, id)
	return append(b, '"')
}

func appendSyncID(b []byte, id census.SyncID) []byte { return appendNodeID(b, syncType, int64(id)) }

func appendSyncRunID(b []byte, id census.SyncRunID) []byte {
	return appendNodeID(b, syncRunType, int64(id))
}

func appendSyncNumber(b []byte, id census.SyncID) []byte { return exec.AppendInt(b, int64(id)) }

func appendSyncRunNumber(b []byte, id census.SyncRunID) []byte { return exec.AppendInt(b, int64(id)) }

func appendInt(b []byte, n int) []byte { return exec.AppendInt(b, int64(n)) }

func appendCount(b []byte, c census.Count) []byte {
	if !c.Known {
		return nil
	}
	return exec.AppendInt(b, c.N)
}

func appendDateTime(b []byte, t census.DateTime) []byte {
	if t == 0 {
		return nil
	}
	return append(t.Append(append(b, '"')), '"')
}

func appendEdgeCursor(b []byte, c EdgeCursor) []byte {
	return append(c.append(append(b, '"'), c.list), '"')
}
