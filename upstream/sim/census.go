// Package sim simulates Census's Management REST API in one http.Handler. It is for tests, and
// for trying the gateway without an account.
//
// [New] starts a [Census]. Its contents depend only on the seed, the time it was started, the
// current time, and what callers did to it. Methods such as [Census.AddSync] and [Census.AddRun]
// change its contents. [Census.Inject] makes it misbehave: a [Fault] selects the calls, and an
// [Effect] makes their answers.
//
//	census := sim.New(sim.Options{Empty: true})
//	sync := census.AddSync(sim.Sync{})
//	census.AddRun(sync, sim.Run{Status: "failed"})
//	census.Inject(sim.Fault{Do: sim.Throttle("30"), Times: 1})
//	client := http.Client{Transport: census.Transport()}
//
// The package writes its JSON itself and shares no code with the client that reads it.
package sim

import (
	"net/http"
	"slices"
	"sync"
)

// A Census is a simulated Census. It is safe for concurrent use. Create it with New.
type Census struct {
	opt    Options
	anchor int64 // the hour of the start; generated times are relative to it, in ms since 1970
	start  int64 // the start itself, in ms since 1970

	mu        sync.Mutex
	syncs     []*syncState // by creation, oldest first
	byID      map[int64]*syncState
	runOwners []runOwner // the sync of each run, by id
	nextSync  int64
	nextRun   int64
	shuffles  int   // calls that were answered with ties in a new order
	due       int64 // when the next generated run is created, in ms since 1970
	calls     []string
	onCall    func(*http.Request)
	faults    []*fault
	retired   Effect // how V1 answers after its retirement; nil before

	sources, destinations []connection
}

// A runOwner is a run and the sync it belongs to.
type runOwner struct{ run, sync int64 }

// OnCall makes the Census call f before it answers an API call, so that a test can create or remove
// runs between any two calls. A nil f ends this.
func (c *Census) OnCall(f func(*http.Request)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onCall = f
}

// Calls returns the API calls so far in order of arrival, without prefix and version and with
// the query sorted by name: "GET /syncs/52/sync_runs?order=asc&page=2". Only the last 65,536
// are kept.
func (c *Census) Calls() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.calls)
}

// ResetCalls deletes the recorded calls.
func (c *Census) ResetCalls() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = nil
}

// nowMS reads the clock; Census keeps milliseconds.
func (c *Census) nowMS() int64 { return c.opt.Now().UnixMilli() }

// Inject applies a fault to future calls, until it is used up or removed.
func (c *Census) Inject(f Fault) (remove func()) {
	added := &fault{Fault: f}
	added.left.Store(int64(f.Times))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(slices.Clip(c.faults), added) // readers hold the old slice
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.faults = slices.DeleteFunc(slices.Clone(c.faults), func(f *fault) bool { return f == added })
	}
}
