package calls

import "time"

// recentSeconds is the period that a recent covers.
const recentSeconds = 10

// recent counts events, and the bad ones among them, over the last ten seconds. It works in
// whole seconds, so its counts cover the last nine to ten. The zero value has no events.
type recent struct {
	seconds [recentSeconds]second
}

// second counts the events of one second of the clock.
type second struct {
	unix  int64 // which second; if it is ten seconds ago, the rest is ignored
	all   int
	bad   int
	badBy map[target]int // bad ones by target; nil: none
}

// current returns the second for now, to count in.
func (r *recent) current(now time.Time) *second {
	unix := now.Unix()
	s := &r.seconds[unix%recentSeconds]
	if s.unix != unix {
		*s = second{unix: unix}
	}
	return s
}

// sum returns the number of recent events, and of the bad ones among them.
func (r *recent) sum(now time.Time) (all, bad int) {
	for i := range r.seconds {
		if s := &r.seconds[i]; s.inPeriod(now) {
			all, bad = all+s.all, bad+s.bad
		}
	}
	return all, bad
}

// badByTarget returns the number of bad events per target.
func (r *recent) badByTarget(now time.Time) map[target]int {
	of := make(map[target]int)
	for i := range r.seconds {
		if s := &r.seconds[i]; s.inPeriod(now) {
			for t, n := range s.badBy {
				of[t] += n
			}
		}
	}
	return of
}

// inPeriod reports whether s is in the last ten seconds.
func (s *second) inPeriod(now time.Time) bool {
	unix := now.Unix()
	return s.unix > unix-recentSeconds && s.unix <= unix
}
