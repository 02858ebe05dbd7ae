package graph

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"time"

	"census-gateway/graph/live"
	"census-gateway/upstream/census"
)

const (
	eventCursorVersion = 2
	maxEventCursor     = 1024               // maximum length of its text
	maxEventCursorAge  = 7 * 24 * time.Hour // maximum age of a cursor of events
)

// eventCursorText returns the text of a mark: base64url of a version, the time up to which the
// events of all syncs were sent, and the syncs with another time. The latter is an offset in
// seconds, rounded down. A checksum binds the mark to the syncs.
func eventCursorText(m live.Mark, syncs listSum) string {
	b := binary.AppendUvarint([]byte{eventCursorVersion}, uint64(m.At))
	for _, mark := range m.Syncs {
		b = binary.AppendUvarint(b, uint64(mark.Sync))
		b = binary.AppendVarint(b, int64(math.Floor(float64(mark.At-m.At)/1000)))
	}
	b = binary.BigEndian.AppendUint32(b, syncs.continued(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseEventCursor parses the cursor of an event. For nil it returns the zero mark.
func parseEventCursor(text *string, syncs listSum) (m live.Mark, err error) {
	if text == nil {
		return m, nil
	}
	bad := badInput("after is not a cursor of an event of a subscription to these syncs")
	b, decodeErr := base64.RawURLEncoding.Strict().DecodeString((*text)[:min(len(*text), maxEventCursor+1)])
	if decodeErr != nil || len(*text) > maxEventCursor || len(b) < 6 || b[0] != eventCursorVersion {
		return m, bad
	}
	b, check := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if syncs.continued(b) != check {
		return m, bad
	}
	b = b[1:]
	at, n := binary.Uvarint(b)
	oldest := census.DateTime(time.Now().Add(-maxEventCursorAge).UnixMilli())
	for m.At = census.DateTime(at); n > 0 && len(b) > n; {
		b = b[n:]
		sync, k := binary.Uvarint(b)
		if k <= 0 {
			return m, bad
		}
		b = b[k:]
		var seconds int64
		seconds, n = binary.Varint(b)
		syncAt := m.At + census.DateTime(seconds)*1000
		m.Syncs = append(m.Syncs, live.SyncMark{Sync: census.SyncID(sync), At: max(syncAt, oldest)}) // a sync may have failed for longer than that
	}
	switch {
	case n <= 0:
		return m, bad
	case m.At < oldest:
		return m, badInput("after is more than 7 days old; read syncRuns with createdSince, and subscribe without after")
	}
	return m, nil
}
