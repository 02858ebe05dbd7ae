package upstream

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/paging"
)

var errNoID = errors.New("a row has no id")

// allPages reads every page of the list, in Census's order, and takes each row once. If rows move
// between pages meanwhile, the total or a second reading shows it, and the list is read again.
// id returns the id of a row, "" if it has none.
func (l list[T]) allPages(ctx context.Context, id func(*T) string) ([]T, error) {
	l.anyOrder = true
	var before []T
	after := int64(0)
	for range maxMoves {
		rows, steady, err := l.readPages(ctx, id, &after)
		if smaller, ok := l.resized(err); ok {
			l, before = smaller, nil
			continue
		}
		if err != nil {
			return nil, err
		}
		same := func(a, b T) bool { return id(&a) == id(&b) }
		if steady || before != nil && slices.EqualFunc(rows, before, same) {
			return rows, nil
		}
		before = rows
	}
	return nil, l.endpoint.Failed(l.id, errTooManyReads)
}

// readPages reads every page once. steady reports that the totals of all pages match the rows.
func (l list[T]) readPages(ctx context.Context, id func(*T) string, after *int64) (rows []T, steady bool, err error) {
	var pages []paging.Arrival[T]
	take := func(from, to int) error {
		numbers := make([]int, to-from)
		for i := range numbers {
			numbers[i] = from + i
		}
		pages = append(pages, make([]paging.Arrival[T], len(numbers))...)
		parallel(calls.PerSync, numbers, func(k int) { pages[k] = l.read(ctx, paging.Read{K: k, Size: l.size}, *after) })
		for _, p := range pages[from:] {
			if p.Err != nil && (from == 0 || !isNotFound(p.Err)) { // past the end there may be no page
				return p.Err
			}
		}
		return nil
	}
	if err := take(0, 1); err != nil {
		return nil, false, err
	}
	for next := pagesOf(max(pages[0].Total, 0), l.size); ; next = len(pages) + 1 {
		if next > maxPages {
			return nil, false, l.endpoint.Failed(l.id, errTooManyReads)
		}
		if next > len(pages) {
			if err := take(len(pages), next); err != nil {
				return nil, false, err
			}
		}
		if last := pages[len(pages)-1]; len(last.Rows) < l.size || last.Total == (len(pages)-1)*l.size+len(last.Rows) {
			break
		}
	}
	seen, total := map[string]bool{}, pages[0].Total
	steady = true
	for _, p := range pages {
		*after = max(*after, p.Landed)
		steady = steady && (p.Total == total || p.Err != nil)
		for i := range p.Rows {
			key := id(&p.Rows[i])
			if key == "" {
				return nil, false, l.endpoint.Unreadable(l.id, errNoID)
			}
			if !seen[key] {
				seen[key] = true
				rows = append(rows, p.Rows[i])
			}
		}
	}
	return rows, steady && (total < 0 || total == len(rows)), nil
}

// readAll is allPages, answered from memory while the copy is fresh. name is its key there.
func readAll[T any](ctx context.Context, l list[T], name calls.Endpoint, id func(*T) string) ([]T, error) {
	type rows = []T
	if kept, ok := freshRecord[rows](ctx, l.client, name, 0); ok {
		return *kept, nil
	}
	all, err := fetchRecord(ctx, l.client, name, 0, func(all *rows) int { return l.weigh(*all) },
		func(ctx context.Context) (*rows, error) {
			all, err := l.allPages(ctx, id)
			return &all, err
		},
		func(*rows) time.Duration { return l.lifetime() })
	if err != nil {
		return nil, err
	}
	return *all, nil
}

// idText formats an id as text; "" for nil.
func idText(id int64) string {
	if id <= 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
