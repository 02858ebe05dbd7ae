// Package sim answers as Census does: a look-alike of its Management REST API
// in one http.Handler, with levers on what it holds and faults on how it
// answers. It is for tests and for trying the gateway without an account.
//
// What it holds is a pure function of the seed, the moment it was started and
// the moment it is asked, and of what callers did to it. It writes its JSON
// itself and shares no code with the client that reads it.
package sim

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options say how a Census starts. The zero value is a believable workspace
// that asks for no token. The switches below Empty decide what Census's
// documents leave open; each zero value is the likelier reading.
type Options struct {
	Seed  uint64           // same seed and clock: same answers
	Now   func() time.Time // nil: time.Now
	Token string           // bearer token, or basic password of user "bearer"; "" accepts any request
	Empty bool             // start without syncs, and let nothing happen by itself

	PersonalToken string // what V2 accepts in place of Token; "": Token
	Elsewhere     int    // syncs of another workspace, at most 6, which V2 alone shows

	PlainText401      bool   // refuse tokens in plain text, as Rails does, not as {"status":401}
	EmptyLastPageZero bool   // last_page of an empty list is 0, not 1
	PastEnd404        bool   // a page past the end is 404, not an empty page
	LargePage400      bool   // per_page above 100 is 400, not 100
	NoPagination      bool   // lists carry no pagination object, only the legacy next
	OmitNext          bool   // lists carry no legacy next
	StepWhenDone      bool   // completed runs keep current_step, as in the documents' samples
	CanceledStatus    string // status a canceled run ends with; "" is completed
	FirstRunID        int64  // 0 is 425,000,001; ids of January 2026 were there
	SyncBytes         int    // least size of a sync object; 0 is 8 KiB
	MaxPerPage        int    // rows of the largest page; 0 is 100
	TotalOff          int    // total_records is by so much too large, or too small where it is below 0
	HeavySyncs        int    // a page of more syncs than this does not come in time; 0: all do

	V2 V2 // what is open about version 2

	Ties TieOrder // how rows of one millisecond stand in lists
	Bulk int      // so many syncs of the believable workspace were created together; 0 and 1: each by itself
}

// Census is the look-alike. Make one with New; it is safe for concurrent use.
type Census struct {
	opt    Options
	anchor int64 // the start's hour; generated times are relative to it, in ms since 1970
	start  int64 // the start itself, in ms since 1970

	mu       sync.Mutex
	syncs    []*syncState // by creation, oldest first
	byID     map[int64]*syncState
	homes    []home // where each run lives, by id
	nextSync int64
	nextRun  int64
	shuffles int   // calls that were answered with ties in an order of their own
	due      int64 // when the next generated run is created, in ms since 1970
	calls    []string
	onCall   func(*http.Request)
	faults   []*fault
	retired  Effect // how V1 answers; nil: as ever

	sources, destinations []connection
}

// A home says which sync a run belongs to.
type home struct{ run, sync int64 }

// New starts a Census at the present value of its clock.
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
	if effect := c.receive(r); effect != nil {
		effect(w, r, http.HandlerFunc(c.answer))
		return
	}
	c.answer(w, r)
}

// receive notes the call, tells the test, and picks the fault that hits it, if
// any.
func (c *Census) receive(r *http.Request) Effect {
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
	if most := c.opt.HeavySyncs; most > 0 && path == "/syncs" && readPage(query(r), c.opt.MaxPerPage).per > most {
		return Hang()
	}
	return nil
}

// keptCalls bounds the memory of a Census that runs for days.
const keptCalls = 1 << 16

// OnCall has f called before each API call is answered, so that a test can
// create or remove runs between any two calls. Nil stops it.
func (c *Census) OnCall(f func(*http.Request)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onCall = f
}

// Calls returns the API calls so far in order of arrival, without prefix or version
// and with the query sorted by name: "GET /syncs/52/sync_runs?order=asc&page=2".
// Of more than 65,536 the oldest are forgotten.
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
