package graph

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"

	"census-gateway/upstream/paging"
)

// A cursor is a position in a list that clients can pass back.
type cursor struct {
	paging.Position
	label string // the label of the sync, in lists ordered by label; the mark of a filter of runs
}

const (
	cursorVersion = 1
	maxCursor     = 1500 // maximum length of a cursor's text
	maxLabel      = 1024 // bytes of a label that a cursor keeps, as much as 255 characters take

	openMark = 1 << 32 // added to the ordinal of an open position
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A listSum is the checksum of the name of a list.
type listSum uint32

// listSumOf returns the checksum of a list's name. Package crc32 would move the name to the heap.
func listSumOf(name []byte) listSum {
	sum := ^uint32(0)
	for _, c := range name {
		sum = castagnoli[byte(sum)^c] ^ sum>>8
	}
	return listSum(^sum)
}

// continued returns the checksum continued over b.
func (s listSum) continued(b []byte) uint32 { return crc32.Update(uint32(s), castagnoli, b) }

// append appends the text of c: base64url of a version, the position as varints, the label, and a
// checksum. The checksum covers these and the name of the list, which binds the cursor to its
// list. It detects mistakes, not attacks: a forged cursor only names a position to start reading
// from.
func (c *cursor) append(b []byte, list listSum) []byte {
	// The bytes are assembled behind the place of their text. A slice of their own would have to be
	// allocated.
	label := c.label[:min(len(c.label), maxLabel)]
	room := 1 + 3*binary.MaxVarintLen64 + len(label) + 4
	began, from := len(b), len(b)+base64.RawURLEncoding.EncodedLen(room)
	b = slices.Grow(b, from+room-began)
	bin := append(b[from:from], cursorVersion)
	bin = binary.AppendUvarint(bin, uint64(c.CreatedAt))
	bin = binary.AppendUvarint(bin, uint64(c.ID))
	ordinal := uint64(c.Ordinal)
	if c.Open {
		ordinal += openMark
	}
	bin = binary.AppendUvarint(bin, ordinal)
	bin = append(bin, label...)
	bin = binary.BigEndian.AppendUint32(bin, list.continued(bin))
	return base64.RawURLEncoding.AppendEncode(b, bin)
}

// An EdgeCursor is the cursor of an edge, with its list.
type EdgeCursor struct {
	cursor
	list listSum
}

func (c EdgeCursor) text() string { return string(c.append(nil, c.list)) }

// parseCursor parses the cursor in the argument arg. For nil it returns the zero cursor, an end
// of the list.
func parseCursor(arg string, text *string, list listSum) (c cursor, err error) {
	if text == nil {
		return c, nil
	}
	bad := badInput("%s is not a cursor of this list in this order", arg)
	if len(*text) > maxCursor {
		return c, bad
	}
	b, decodeErr := base64.RawURLEncoding.Strict().DecodeString(*text)
	if decodeErr != nil || len(b) < 5 || b[0] != cursorVersion {
		return c, bad
	}
	b, check := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if list.continued(b) != check {
		return c, bad
	}
	b = b[1:]
	var parts [3]uint64
	for i := range parts {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			return c, bad
		}
		parts[i], b = n, b[size:]
	}
	open := parts[2] >= openMark
	if open {
		parts[2] -= openMark
	}
	if parts[0] > math.MaxInt64 || parts[1] == 0 || parts[1] > math.MaxInt64 || parts[2] > math.MaxInt32 || len(b) > maxLabel {
		return c, bad
	}
	c.Position = paging.Position{CreatedAt: paging.Moment(parts[0]), ID: int64(parts[1]), Ordinal: int(parts[2]), Open: open}
	c.label = string(b)
	return c, nil
}
