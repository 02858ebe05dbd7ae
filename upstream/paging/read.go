package paging

import (
	"fmt"
	"strconv"
)

// A Read is one page of a list, as Census numbers pages. There are two kinds. The head is the
// newest rows; it moves with each new row and reports the total. A chunk is a page in creation
// order, which does not move when rows are added. Chunk k holds the ordinals from k·size to
// (k+1)·size.
type Read struct {
	Head int // rows of the head, 1 to size; 0: this is a chunk
	K    int // number of the chunk
	Size int // rows of a full chunk

	tie bool // reads all rows of one moment; Size may then differ
}

// maxPage is the largest page that Census allows (API reference, per_page).
const maxPage = 100

// Query returns the read as Census's parameters.
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

// PerPage returns the requested page size.
func (r Read) PerPage() int {
	if r.Head > 0 {
		return r.Head
	}
	return r.Size
}
