// Package sim simulates Census's Management REST API in one http.Handler. It is for tests, and
// for trying the gateway without an account.
//
// [New] starts a [Census]. Its contents depend only on the seed, the time it was started, the
// current time, and what callers did to it. [Census.AddSync], [Census.AddRun] and their like
// change what it holds. [Census.Inject] makes it misbehave: a [Fault] chooses the calls, an
// [Effect] their answers.
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
	"time"
)

// Options say how a Census starts. The zero value is a believable workspace that requires no
// token. The options below Empty decide what Census's documents leave open; each zero value is
// the likelier reading.
type Options struct {
	Seed  uint64           // the same seed and clock give the same answers
	Now   func() time.Time // nil: time.Now
	Token string           // bearer token, or basic password of user "bearer"; "" accepts any request
	Empty bool             // start without syncs, and let nothing happen by itself

	PersonalToken string // accepted by V2 instead of Token; "": Token
	Elsewhere     int    // syncs of another workspace, at most 6, which only V2 shows

	PlainText401      bool   // reject tokens in plain text, as Rails does, not as {"status":401}
	EmptyLastPageZero bool   // last_page of an empty list is 0, not 1
	PastEnd404        bool   // a page past the end is 404, not an empty page
	LargePage400      bool   // per_page above 100 is 400, not 100
	NoPagination      bool   // lists have no pagination object, only the legacy next
	OmitNext          bool   // lists have no legacy next
	StepWhenDone      bool   // completed runs keep current_step, as in the documents' samples
	CanceledStatus    string // final status of canceled runs; "" is completed
	FirstRunID        int64  // 0 is 425,000,001; such ids existed in January 2026
	SyncBytes         int    // least size of a sync object in bytes; 0 is 8 KiB
	MaxPerPage        int    // rows of the largest page; 0 is 100
	TotalOff          int    // added to every total_records; may be negative
	HeavySyncs        int    // a page of more syncs times out; 0: none does

	V2 V2 // open questions about version 2

	Ties TieOrder // order of rows of one millisecond in lists
	Bulk int      // number of syncs of the believable workspace created together; 0 and 1: none
}

// Census is the simulator. Make one with New; it is safe for concurrent use.
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
	retired   Effect // how V1 answers; nil: as always

	sources, destinations []connection
}

// A runOwner says to which sync a run belongs.
type runOwner struct{ run, sync int64 }

// New starts a Census at the current time of its clock.
func New(opt Options) *Census {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.CanceledStatus == "" {
		opt.CanceledStatus = "completed"
	}
	if opt.MaxPerPage == 0 {
		opt.MaxPerPage = 100
	}
	if opt.FirstRunID == 0 {
		opt.FirstRunID = 425_000_001
	}
	if opt.SyncBytes == 0 {
		opt.SyncBytes = 8 << 10
	}
	now := opt.Now().UTC()
	c := &Census{
		opt:      opt,
		anchor:   now.Truncate(time.Hour).UnixMilli(),
		start:    now.UnixMilli(),
		byID:     map[int64]*syncState{},
		nextSync: 1,
		nextRun:  opt.FirstRunID,
		due:      never,

		sources: slices.Clone(sources), destinations: slices.Clone(destinations),
	}
	if !opt.Empty {
		c.populate()
		c.advance(c.start)
	}
	return c
}

// ServeHTTP answers V1 under /api/v1 and V2 under /api/v2.
func (c *Census) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if effect := c.recordCall(r); effect != nil {
		effect(w, r, http.HandlerFunc(c.answer))
		return
	}
	c.answer(w, r)
}

// recordCall records the call, notifies the test, and returns the fault that applies, if any.
func (c *Census) recordCall(r *http.Request) Effect {
	version, path := apiPath(r.URL.Path)
	if version == none {
		return nil
	}
	call := r.Method + " " + path
	if r.URL.RawQuery != "" {
		call += "?" + r.URL.Query().Encode() // Encode sorts by name
	}
	c.mu.Lock()
	if len(c.calls) == keptCalls {
		c.calls = slices.Delete(c.calls, 0, keptCalls/2)
	}
	c.calls = append(c.calls, call)
	hook, faults := c.onCall, c.faults
	if version == v1 && c.retired != nil {
		faults = append(slices.Clip(faults), &fault{Fault: Fault{Do: c.retired}})
	}
	c.mu.Unlock()
	if hook != nil {
		hook(r)
	}
	for _, f := range faults {
		if f.hits(r) {
			return f.Do
		}
	}
	if most := c.opt.HeavySyncs; most > 0 && path == "/syncs" && readPageRequest(query(r), c.opt.MaxPerPage).per > most {
		return Hang()
	}
	return nil
}

// keptCalls limits the memory of a Census that runs for days.
const keptCalls = 1 << 16

// OnCall calls f before each API call is answered, so that a test can create or remove runs
// between any two calls. Nil stops it.
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

// ResetCalls forgets the calls so far.
func (c *Census) ResetCalls() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = nil
}

// nowMS reads the clock; Census keeps milliseconds.
func (c *Census) nowMS() int64 { return c.opt.Now().UnixMilli() }
