package stats

import (
	"slices"

	"census-gateway/upstream/census"
)

// A quarter is a quarter of an hour of UTC, counted from 1970.
type quarter int32

const (
	quarterMS    = 15 * 60 * 1000
	largest      = quarter(1 << 29) // after the year 9999, and room to count on
	keptQuarters = 100_000          // with a run in them: 1,000 days and some
)

// quarterOf is the quarter hour a moment is in; far future ends at the last.
func quarterOf(t census.DateTime) quarter {
	return quarter(min(max(int64(t), 0)/quarterMS, int64(largest)))
}

func (q quarter) start() census.DateTime { return census.DateTime(q) * quarterMS }

// Cells are tallies by quarter hour. Only the newest keptQuarters are promised:
// which these are depends on the runs alone and not on their order, since a
// quarter hour that is once too old will never again be among the newest.
type cells struct {
	tallies map[quarter]*Tally
	horizon quarter // what is older may be missing

	none     bool      // no tallies are wanted
	only     *calendar // the tallies are of its units, by where they start; nil: of quarter hours
	from, to quarter   // the unit last added to
}

// limit is a variable so that a test need not make 100,000.
var limitQuarters = keptQuarters

func (c *cells) at(q quarter) *Tally {
	if q < c.horizon {
		return nil
	}
	t := c.tallies[q]
	if t == nil {
		if c.tallies == nil {
			c.tallies = map[quarter]*Tally{}
		}
		t = new(Tally)
		c.tallies[q] = t
	}
	return t
}

// trim forgets the oldest once there are an eighth too many, which spreads the
// cost of finding them.
func (c *cells) trim() {
	if len(c.tallies) <= limitQuarters+limitQuarters/8 {
		return
	}
	c.raise(c.edge())
}

// edge is the oldest quarter hour that is promised.
func (c *cells) edge() quarter {
	if len(c.tallies) <= limitQuarters {
		return c.horizon
	}
	keys := c.sorted(0, largest)
	return max(c.horizon, keys[len(keys)-limitQuarters-1]+1)
}

// ends are the oldest and the newest quarter hour that are promised and have a
// run; ok is false if no quarter hour has a run.
func (c *cells) ends() (oldest, newest quarter, ok bool) {
	oldest, edge := largest, c.edge()
	for q := range c.tallies {
		if q >= edge {
			oldest, newest, ok = min(oldest, q), max(newest, q), true
		}
	}
	return oldest, newest, ok
}

func (c *cells) raise(horizon quarter) {
	c.horizon = max(c.horizon, horizon)
	for q := range c.tallies {
		if q < c.horizon {
			delete(c.tallies, q)
		}
	}
}

// sorted lists the quarter hours from the first to the last given, both
// included, that have a run.
func (c *cells) sorted(from, to quarter) []quarter {
	var keys []quarter
	for q := range c.tallies {
		if q >= from && q <= to {
			keys = append(keys, q)
		}
	}
	slices.Sort(keys)
	return keys
}

func (c *cells) add(r *reading) {
	if c.none {
		return
	}
	q := quarterOf(r.run.CreatedAt)
	if c.only != nil {
		if q < c.from || q >= c.to {
			c.from, c.to = c.only.floor(q), c.only.next(q)
		}
		q = max(c.from, 0) // a unit that began before 1970
	}
	if t := c.at(q); t != nil {
		t.add(r, c.exact())
		c.trim()
	}
}

func (c *cells) merge(o *cells) {
	c.raise(o.horizon)
	for q, theirs := range o.tallies {
		if t := c.at(q); t != nil {
			t.merge(theirs, c.exact())
		}
	}
	c.trim()
}

// exact is up to how many runs of a cell are told exactly.
func (c *cells) exact() int {
	if c.only != nil {
		return exactRuns
	}
	return exactCellRuns
}
