package sim

import (
	"fmt"
	"strings"
	"time"
)

// populate fills the realistic workspace: the catalog's syncs, their plans, and the
// incidents. Schedules are relative to the anchor, so that the workspace looks the same from
// every start.
func (c *Census) populate() {
	c.nextSync = firstSync
	for i, e := range catalog {
		s := c.addSync(Sync{
			Label:             e.name + " → " + nameOf(destinations, e.to),
			NoLabel:           i%11 == 7,
			Frequency:         e.frequency,
			Operation:         pick(c.dice(int64(i), -2), []string{"upsert", "upsert", "update", "mirror", "insert"}),
			SourceID:          e.from,
			DestinationID:     e.to,
			DestinationObject: e.object,
			CreatedAt:         clock(c.anchor - int64(400-3*(i-i%max(c.opt.Bulk, 1)))*dayMS),
			UpdatedAt:         clock(c.anchor - int64(3+i)*dayMS),
		})
		s.future = &future{
			until: never, failsFrom: never, errorIndex: -1, delay: 90_000,
			records: e.records, changedShare: 20, seconds: e.seconds, failureRate: e.failureRate,
		}
		c.timetable(s, e)
		c.nextSlot(s, c.anchor-e.history*dayMS)
	}
	c.otherWorkspace()
	c.incidents()
	for _, s := range c.syncs {
		c.scheduleNext(s)
		c.due = min(c.due, s.future.due)
	}
}

// otherWorkspace adds syncs that only V2 shows.
func (c *Census) otherWorkspace() {
	if c.opt.Elsewhere == 0 {
		return
	}
	c.sources = append(c.sources, elsewhere)
	for i, object := range []string{"Lead", "Contact", "Account", "Deal", "Company", "User"}[:c.opt.Elsewhere] {
		s := c.addSync(Sync{
			Label:             object + "s of the sandbox → " + destinations[i%2].name,
			SourceID:          elsewhere.id,
			DestinationID:     destinations[i%2].id,
			DestinationObject: object,
			CreatedAt:         clock(c.anchor - int64(200-9*i)*dayMS),
			Elsewhere:         true,
		})
		e := entry{frequency: "daily", hours: 3 * i, minute: 20, history: 60}
		s.future = &future{until: never, failsFrom: never, errorIndex: -1, delay: 90_000, records: 1_500, changedShare: 20, seconds: 40, failureRate: 8}
		s.Frequency = e.frequency
		c.timetable(s, e)
		c.nextSlot(s, c.anchor-e.history*dayMS)
	}
}

// timetable turns the entry's frequency into a schedule.
func (c *Census) timetable(s *syncState, e entry) {
	p := s.future
	slot := clock(c.anchor - int64(e.hours)*hourMS).Add(time.Duration(e.minute) * time.Minute)
	s.Minute, s.Hour = slot.Minute(), slot.Hour()
	text := ""
	switch e.frequency {
	case "never":
		d := c.dice(s.ID, -3)
		for at := c.anchor - e.history*dayMS; at < c.anchor-dayMS; at += d.between(dayMS, 6*dayMS) {
			p.add(extra{at: at + d.between(0, hourMS), cause: pick(d, []cause{byHand, byHand, byCall})})
		}
		return
	case "continuous":
		text, p.cause, p.delay = "* * * * *", continuously, 9_000
	case "quarter_hourly":
		text = "*/15 * * * *"
	case "hourly":
		text = fmt.Sprintf("%d * * * *", s.Minute)
	case "daily":
		text = fmt.Sprintf("%d %d * * *", s.Minute, s.Hour)
	case "weekly":
		text = fmt.Sprintf("%d %d * * %d", s.Minute, s.Hour, slot.Weekday())
		s.Day = slot.Weekday().String()
	case "expression":
		text = "*/20 * * * *"
		if e.minute > 0 { // every four hours, starting from the anchor's
			var hours [6]string
			for i := range hours {
				hours[i] = fmt.Sprint((slot.Hour() + 4*i) % 24)
			}
			text = fmt.Sprintf("%d %s * * *", e.minute, strings.Join(hours[:], ","))
		}
		s.Cron = text
	}
	schedule := parseCron(text)
	p.cron = &schedule
}

// incidents adds problems that the owners of a workspace need to know. Each is of another
// kind, and clients must distinguish them.
func (c *Census) incidents() {
	ago := func(d time.Duration) int64 { return c.anchor - d.Milliseconds() }
	const hour, day = time.Hour, 24 * time.Hour

	rich := c.byID[52].future // "Accounts → Salesforce": a bit of everything, on its first pages
	rich.fates = map[int64]fate{
		-3: rejecting, -5: broken, -9: rejectingCoded, -13: brokenOpen,
		-17: canceledFinished, -21: canceledBroken, -34: undocumented,
	}
	rich.add(extra{at: ago(4*hour + 25*time.Minute), cause: byHand, fate: clean})
	rich.add(extra{at: ago(7*hour + 31*time.Minute), cause: byCall, fate: clean})
	rich.add(extra{at: ago(11*hour + 18*time.Minute), cause: byDryRun, fate: clean, full: true})
	rich.add(extra{at: ago(15*hour + 36*time.Minute), cause: byHand, fate: clean, full: true})
	rich.add(extra{at: ago(26*hour + 12*time.Minute), cause: noReason, fate: clean})

	contacts := c.byID[42].future // stuck for three days; every hourly run since is skipped
	contacts.fates = map[int64]fate{-72: stuck}

	paused := c.byID[46]
	paused.Paused = true
	paused.future.until = ago(12 * day)

	audience := c.byID[60].future // an expired sign-in: the last five daily runs failed
	audience.failsFrom, audience.errorIndex = ago(5*day+hour), 0

	c.byID[61].future.until = ago(3 * day)  // daily, and late
	c.byID[58].future.until = ago(9 * hour) // hourly, and late

	now := func(d time.Duration) int64 { return c.start - d.Milliseconds() }
	territories := c.byID[77].future // in progress at the start, whatever the minute
	territories.seconds = 400
	territories.add(extra{at: now(3 * time.Minute), cause: byHand, fate: clean, full: true})
	c.byID[74].future.add(extra{at: now(time.Second), cause: byCall, fate: clean})
}
