package paging

import (
	"fmt"
	"slices"
)

// A Page is one page of a list, with its rows oldest first in any case.
type Page[T any] struct {
	Rows    []T
	Total   int // rows in the whole list; -1 if Census sent no total
	PerPage int // page size that Census used; 0 if unknown
	order   order
}

// Sort orders rows created in the same millisecond, which may come in any order. If other rows
// are out of order, these are not the requested rows, but the oldest instead of the newest.
// That is an error unless the page holds all rows of the list.
func (p *Page[T]) Sort(position func(*T) Position) error {
	sorted, alike := true, 1
	for i := 1; i < len(p.Rows); i++ { // rows are large: compared in place
		a, b := position(&p.Rows[i-1]), position(&p.Rows[i])
		if a.CreatedAt > b.CreatedAt && p.Total != len(p.Rows) {
			return fmt.Errorf("row %d is not in the requested order", b.ID)
		}
		sorted = sorted && a.Compare(b) <= 0
		if alike++; a.CreatedAt != b.CreatedAt {
			alike = 1
		}
		p.order.addTie(alike, a.ID > b.ID)
	}
	if !sorted {
		slices.SortFunc(p.Rows, func(a, b T) int { return position(&a).Compare(position(&b)) })
	}
	return nil
}
