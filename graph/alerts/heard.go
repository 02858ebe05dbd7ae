package alerts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"census-gateway/upstream/census"
)

const (
	mostHeard   = 10_000 // syncs whose alerts are kept
	mostKinds   = 20     // types of alerts of a sync
	mostPast    = 16     // instances of an alert that are known
	longMessage = 200    // characters
	longID      = 100    // bytes
)

// Heard are the alerts that Census has reported by webhook since the gateway started: of each sync
// and type the last instance. Events can be lost, repeated, late or out of order.
type Heard struct {
	mu sync.Mutex
	of map[census.SyncID][]heard // in the order in which their types were first heard
}

type heard struct {
	Alert
	kind string           // type in Census
	past []string         // instances, the last one is that of the alert
	run  census.SyncRunID // 0: not named
}

// Hear takes in an event. It returns the alert and true if that has changed.
func (h *Heard) Hear(e census.Event, now time.Time) (Alert, bool) {
	state := map[string]State{"sync.alert.raised": Firing, "sync.alert.resolved": Resolved}[e.Name]
	if state == "" {
		return Alert{}, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.of[e.Sync]
	i := slices.IndexFunc(all, func(a heard) bool { return a.kind == e.Alert.Type })
	if i < 0 {
		if len(all) == mostKinds {
			all = slices.Delete(all, 0, 1)
		}
		all, i = append(all, heard{kind: e.Alert.Type}), len(all)
	}
	a := &all[i]
	id := e.Alert.ID[:min(len(e.Alert.ID), longID)]
	last := len(a.past) > 0 && a.past[len(a.past)-1] == id
	known := id != "" && slices.Contains(a.past, id)
	if known && (state == Firing || !last) || last && a.State == state {
		return Alert{}, false // repeated, or late
	}
	if !last {
		a.past = append(a.past, id)
		a.past = a.past[max(len(a.past)-mostPast, 0):]
	}
	before := a.State
	a.Alert = Alert{Sync: e.Sync, Rule: ruleOf(e.Alert.Type), Origin: CensusWebhook, State: state, Since: census.DateTime(now.UnixMilli()), Message: messageOf(e, state)}
	a.ID, a.run = fmt.Sprintf("SyncAlert:%d:%s:%s:%s", a.Sync, a.Rule, a.Origin, id), e.Run
	if h.of == nil {
		h.of = make(map[census.SyncID][]heard)
	}
	h.of[e.Sync] = all
	h.bound()
	return a.Alert, before != Resolved || state != Resolved
}

// messageOf is Census's message in one line, not longer than a sentence.
func messageOf(e census.Event, state State) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(e.Alert.Message, "\ufffd")), " ")
	if text == "" {
		return map[State]string{Firing: "Census raised the alert.", Resolved: "Census resolved the alert."}[state]
	}
	if cut := []rune(text); len(cut) > longMessage {
		return string(cut[:longMessage]) + "…"
	}
	return text
}

// bound drops the alerts of the sync that was not heard of for longest, if there are too many.
func (h *Heard) bound() {
	if len(h.of) <= mostHeard {
		return
	}
	var oldest census.SyncID
	var at census.DateTime
	for id, all := range h.of {
		latest := slices.MaxFunc(all, func(a, b heard) int { return cmp.Compare(a.Since, b.Since) }).Since
		if at == 0 || latest < at {
			oldest, at = id, latest
		}
	}
	delete(h.of, oldest)
}

// Of are the alerts heard of a sync: those that fire, and those resolved within runs. The
// arguments are those of [Of]. A nil Heard has none.
func (h *Heard) Of(id census.SyncID, runs []census.SyncRun, more bool) (all []Alert) {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.of[id] {
		if a.State == Resolved && more && len(runs) > 0 && a.Since < runs[len(runs)-1].CreatedAt {
			continue
		}
		alert := a.Alert
		if i := slices.IndexFunc(runs, func(r census.SyncRun) bool { return r.ID == a.run }); i >= 0 {
			alert.Run = &runs[i]
		}
		all = append(all, alert)
	}
	return all
}
