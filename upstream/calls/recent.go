package calls

import "time"

// recentSeconds is how far back the counts of a recent go.
const recentSeconds = 10

// recent counts events, and the bad among them, over the last ten seconds. It
// forgets by whole seconds, so what it tells is of the last nine to ten. The
// zero value has counted nothing.
type recent struct {
	seconds [recentSeconds]second
}

// second is what happened in one second of the clock.
type second struct {
	unix int64 // which second; if it is over by ten, the rest counts no more
	all  int
	bad  int
	of   map[target]int // bad ones, by what they are blamed on; nil: none
}

// now is the second that now stands in, to count in.
func (r *recent) now(now time.Time) *second {
	unix := now.Unix()
	s := &r.seconds[unix%recentSeconds]
	if s.unix != unix {
		*s = second{unix: unix}
	}
	return s
}

// sum is how many events there were of late, and how many of them were bad.
func (r *recent) sum(now time.Time) (all, bad int) {
	for i := range r.seconds {
		if s := &r.seconds[i]; s.counts(now) {
			all, bad = all+s.all, bad+s.bad
		}
	}
	return all, bad
}

// blamed is how many of the bad ones there were of each target.
func (r *recent) blamed(now time.Time) map[target]int {
	of := make(map[target]int)
	for i := range r.seconds {
		if s := &r.seconds[i]; s.counts(now) {
			for t, n := range s.of {
				of[t] += n
			}
		}
	}
	return of
}

// counts tells whether s is of the last ten seconds.
func (s *second) counts(now time.Time) bool {
	unix := now.Unix()
	return s.unix > unix-recentSeconds && s.unix <= unix
}
