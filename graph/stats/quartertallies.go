package stats

import "slices"

const keptQuarters = 100_000 // quarter hours with a run; a little over 1,000 days

// quarterTallies hold tallies by quarter hour. They guarantee only the newest keptQuarters. Those
// do not depend on the order of the runs: a quarter hour that is too old once is never among the
// newest again.
type quarterTallies struct {
	tallies map[quarter]*Tally
	horizon quarter // older quarter hours may be missing

	off      bool      // keeps no tallies
	units    *calendar // units of the tallies, which are stored by their starts; nil: quarter hours
	from, to quarter   // bounds of the unit last added to
}

// quarterLimit is a variable so that tests can lower it.
var quarterLimit = keptQuarters

func (c *quarterTallies) tallyOf(q quarter) *Tally {
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

// trimOldest deletes the oldest tallies when there are an eighth too many. So the cost of finding
// them is spread.
func (c *quarterTallies) trimOldest() {
	if len(c.tallies) <= quarterLimit+quarterLimit/8 {
		return
	}
	c.raiseHorizon(c.oldestKept())
}

// oldestKept returns the oldest guaranteed quarter hour.
func (c *quarterTallies) oldestKept() quarter {
	if len(c.tallies) <= quarterLimit {
		return c.horizon
	}
	keys := c.sorted(0, maxQuarter)
	return max(c.horizon, keys[len(keys)-quarterLimit-1]+1)
}

// keptRange returns the oldest and the newest guaranteed quarter hour with a run; ok is false if no
// quarter hour has one.
func (c *quarterTallies) keptRange() (oldest, newest quarter, ok bool) {
	oldest, edge := maxQuarter, c.oldestKept()
	for q := range c.tallies {
		if q >= edge {
			oldest, newest, ok = min(oldest, q), max(newest, q), true
		}
	}
	return oldest, newest, ok
}

func (c *quarterTallies) raiseHorizon(horizon quarter) {
	c.horizon = max(c.horizon, horizon)
	for q := range c.tallies {
		if q < c.horizon {
			delete(c.tallies, q)
		}
	}
}

// sorted lists the quarter hours with a run, from the first to the last given, both included.
func (c *quarterTallies) sorted(from, to quarter) []quarter {
	var keys []quarter
	for q := range c.tallies {
		if q >= from && q <= to {
			keys = append(keys, q)
		}
	}
	slices.Sort(keys)
	return keys
}

func (c *quarterTallies) add(r *runValues) {
	if c.off {
		return
	}
	q := quarterOf(r.run.CreatedAt)
	if c.units != nil {
		if q < c.from || q >= c.to {
			c.from, c.to = c.units.unitStart(q), c.units.nextUnit(q)
		}
		q = max(c.from, 0) // a unit may have begun before 1970
	}
	if t := c.tallyOf(q); t != nil {
		t.add(r, c.exactLimit())
		c.trimOldest()
	}
}

func (c *quarterTallies) merge(o *quarterTallies) {
	c.raiseHorizon(o.horizon)
	for q, theirs := range o.tallies {
		if t := c.tallyOf(q); t != nil {
			t.merge(theirs, c.exactLimit())
		}
	}
	c.trimOldest()
}

// exactLimit returns the number of runs up to which the quantiles of a tally are exact.
func (c *quarterTallies) exactLimit() int {
	if c.units != nil {
		return exactRuns
	}
	return exactQuarterRuns
}
