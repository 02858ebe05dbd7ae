package stats

import (
	"slices"

	"census-gateway/upstream/census"
)

// A quarter is a quarter hour of UTC, counted from 1970.
type quarter int32

const (
	quarterMS    = 15 * 60 * 1000
	largest      = quarter(1 << 29) // after the year 9999, with room to count further
	keptQuarters = 100_000          // quarter hours with a run; a little over 1,000 days
)

// quarterOf returns the quarter hour that contains t. It returns 0 before 1970 and largest in the
// far future.
func quarterOf(t census.DateTime) quarter {
	return quarter(min(max(int64(t), 0)/quarterMS, int64(largest)))
}

func (q quarter) start() census.DateTime { return census.DateTime(q) * quarterMS }

// Cells hold tallies by quarter hour. They guarantee only the newest keptQuarters. Those do not
// depend on the order of the runs: a quarter hour that is too old once is never among the newest
// again.
type cells struct {
	tallies map[quarter]*Tally
	horizon quarter // older quarter hours may be missing

	none     bool      // keeps no tallies
	only     *calendar // units of the tallies, which are stored by their starts; nil: quarter hours
	from, to quarter   // bounds of the unit last added to
}

// limitQuarters is a variable so that tests can lower it.
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

// trim deletes the oldest tallies when there are an eighth too many. So the cost of finding them
// is spread.
func (c *cells) trim() {
	if len(c.tallies) <= limitQuarters+limitQuarters/8 {
		return
	}
	c.raise(c.edge())
}

// edge returns the oldest guaranteed quarter hour.
func (c *cells) edge() quarter {
	if len(c.tallies) <= limitQuarters {
		return c.horizon
	}
	keys := c.sorted(0, largest)
	return max(c.horizon, keys[len(keys)-limitQuarters-1]+1)
}

// ends returns the oldest and the newest guaranteed quarter hour with a run; ok is false if no
// quarter hour has one.
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

// sorted lists the quarter hours with a run, from the first to the last given, both included.
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
		q = max(c.from, 0) // a unit may have begun before 1970
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

// exact returns the number of runs up to which the quantiles of a cell are exact.
func (c *cells) exact() int {
	if c.only != nil {
		return exactRuns
	}
	return exactCellRuns
}
