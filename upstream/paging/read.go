package paging

import (
	"fmt"
	"strconv"
)

// A Read is one page of a list, as Census numbers them. There are two kinds:
// the head, the newest rows, which moves with each new row and tells the total;
// and the chunk, a page in creation order, which does not move as rows are
// added. Chunk k holds the ordinals from k·size to (k+1)·size.
type Read struct {
	Head int // rows of the head, 1 to size; 0: this is a chunk
	K    int // number of the chunk
	Size int // rows of a full chunk

	tie bool // made to see all rows of one moment; then size may be another
}

// Query is the read as Census's parameters.
func (r Read) Query() string {
	if r.Head > 0 {
		return "?order=desc&page=1&per_page=" + strconv.Itoa(r.Head)
	}
	return "?order=asc&page=" + strconv.Itoa(r.K+1) + "&per_page=" + strconv.Itoa(r.Size)
}

func (r Read) String() string {
	if r.Head > 0 {
		return fmt.Sprintf("head(%d)", r.Head)
	}
	return fmt.Sprintf("chunk(%d)", r.K)
}

// PerPage is the page size asked for.
func (r Read) PerPage() int {
	if r.Head > 0 {
		return r.Head
	}
	return r.Size
}
