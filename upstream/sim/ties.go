package sim

import (
	"cmp"
	"slices"
)

// A placement finds the row at each place of a list, in the order of one call.
type placement struct {
	order  TieOrder
	asc    bool
	total  int
	seed   dice
	row    func(i int) (id, at int64)
	a, b   int   // the last ties found are at the places from a up to b, excluding b
	ranked []int // their numbers, in the order of ascending pages
}

// placement returns the placement of a new call. row returns the id and the creation time
// of the i-th row by creation, ties by id.
func (c *Census) placement(asc bool, total int, row func(i int) (id, at int64)) *placement {
	p := &placement{order: c.opt.Ties, asc: asc, total: total, row: row, seed: dice(c.opt.Seed)}
	if p.order == TiesShuffled {
		c.shuffles++
		p.seed = *c.dice(int64(c.shuffles), -4)
	}
	return p
}

// at returns the number of the row at the i-th place.
func (p *placement) at(i int) int {
	if !p.asc {
		i = p.total - 1 - i
	}
	if p.order == TiesByID {
		return i
	}
	if i < p.a || i >= p.b {
		p.findTies(i)
	}
	if p.order == TiesByIDTurned || p.order == TiesByIDBothWay && !p.asc {
		return p.a + p.b - 1 - i
	}
	if p.order == TiesByIDBothWay {
		return i
	}
	return p.ranked[i-p.a]
}

// findTies finds the ties of the i-th row.
func (p *placement) findTies(i int) {
	_, moment := p.row(i)
	same := func(n int) bool { _, at := p.row(n); return at == moment }
	for p.a = i; p.a > 0 && same(p.a-1); p.a-- {
	}
	for p.b = i + 1; p.b < p.total && same(p.b); p.b++ {
	}
	p.ranked = p.ranked[:0]
	for n := p.a; n < p.b; n++ {
		p.ranked = append(p.ranked, n)
	}
	rank := func(n int) uint64 {
		id, _ := p.row(n)
		d := p.seed ^ dice(id)
		return d.next()
	}
	slices.SortFunc(p.ranked, func(x, y int) int { return cmp.Compare(rank(x), rank(y)) })
}
