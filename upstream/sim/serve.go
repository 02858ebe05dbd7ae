package sim

import (
	"net/http"
	"slices"
	"time"
)

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
