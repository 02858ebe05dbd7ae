package upstream

import (
	"fmt"
	"strconv"
)

// A read is one page of a list, as Census numbers them. There are two kinds:
// the head, the newest rows, which moves with each new row and tells the total;
// and the chunk, a page in creation order, which does not move as rows are
// added. Chunk k holds the ordinals from k·size to (k+1)·size.
type read struct {
	head int // rows of the head, 1 to size; 0: this is a chunk
	k    int // number of the chunk
	size int // rows of a full chunk

	tie bool // made to see all rows of one moment; then size may be another
}

// query is the read as Census's parameters.
func (r read) query() string {
	if r.head > 0 {
		return "?order=desc&page=1&per_page=" + strconv.Itoa(r.head)
	}
	return "?order=asc&page=" + strconv.Itoa(r.k+1) + "&per_page=" + strconv.Itoa(r.size)
}

func (r read) String() string {
	if r.head > 0 {
		return fmt.Sprintf("head(%d)", r.head)
	}
	return fmt.Sprintf("chunk(%d)", r.k)
}

// perPage is the page size asked for.
func (r read) perPage() int {
	if r.head > 0 {
		return r.head
	}
	return r.size
}
