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
	maxSyncs     = 10_000 // syncs with kept alerts
	maxTypes     = 20     // types of alerts per sync
	maxInstances = 16     // remembered instances per sync and type
	maxMessage   = 200    // characters
	maxID        = 100    // bytes
)

// Reported holds the alerts that Census has reported by webhook since the gateway started: the last
// instance per sync and type. Events may be lost, repeated, late or out of order.
type Reported struct {
	mu     sync.Mutex
	bySync map[census.SyncID][]reported // per sync, in the order in which their types were first reported
}

type reported struct {
	Alert
	kind      string           // Census's type
	instances []string         // ids of instances; the last one is that of the alert
	run       census.SyncRunID // 0: not sent
}

// Record records an event. It returns the alert, and whether it changed.
func (r *Reported) Record(e census.Event, now time.Time) (Alert, bool) {
	state := map[string]State{"sync.alert.raised": Firing, "sync.alert.resolved": Resolved}[e.Name]
	if state == "" {
		return Alert{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.bySync[e.Sync]
	i := slices.IndexFunc(all, func(a reported) bool { return a.kind == e.Alert.Type })
	if i < 0 {
		if len(all) == maxTypes {
			all = slices.Delete(all, 0, 1)
		}
		all, i = append(all, reported{kind: e.Alert.Type}), len(all)
	}
	a := &all[i]
	id := e.Alert.ID[:min(len(e.Alert.ID), maxID)]
	last := len(a.instances) > 0 && a.instances[len(a.instances)-1] == id
	known := id != "" && slices.Contains(a.instances, id)
	if known && (state == Firing || !last) || last && a.State == state {
		return Alert{}, false // repeated or late
	}
	if !last {
		a.instances = append(a.instances, id)
		a.instances = a.instances[max(len(a.instances)-maxInstances, 0):]
	}
	before := a.State
	a.Alert = Alert{Sync: e.Sync, Rule: ruleOf(e.Alert.Type), Origin: CensusWebhook, State: state, Since: census.DateTime(now.UnixMilli()), Message: messageOf(e, state)}
	a.ID, a.run = fmt.Sprintf("SyncAlert:%d:%s:%s:%s", a.Sync, a.Rule, a.Origin, id), e.Run
	if r.bySync == nil {
		r.bySync = make(map[census.SyncID][]reported)
	}
	r.bySync[e.Sync] = all
	r.evict()
	return a.Alert, before != Resolved || state != Resolved
}

// messageOf returns Census's message on one line, cut to maxMessage characters.
func messageOf(e census.Event, state State) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(e.Alert.Message, "\ufffd")), " ")
	if text == "" {
		return map[State]string{Firing: "Census raised the alert.", Resolved: "Census resolved the alert."}[state]
	}
	if cut := []rune(text); len(cut) > maxMessage {
		return string(cut[:maxMessage]) + "…"
	}
	return text
}

// evict drops the alerts of the least recently reported sync, if there are too many syncs.
func (r *Reported) evict() {
	if len(r.bySync) <= maxSyncs {
		return
	}
	var oldest census.SyncID
	var at census.DateTime
	for id, all := range r.bySync {
		latest := slices.MaxFunc(all, func(a, b reported) int { return cmp.Compare(a.Since, b.Since) }).Since
		if at == 0 || latest < at {
			oldest, at = id, latest
		}
	}
	delete(r.bySync, oldest)
}

// Of returns the reported alerts of a sync: those that fire, and those resolved within runs. The
// arguments are those of [Of]. For a nil receiver it returns nil.
func (r *Reported) Of(id census.SyncID, runs []census.SyncRun, more bool) (all []Alert) {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.bySync[id] {
		if a.State == Resolved && more && len(runs) > 0 && a.Since < runs[len(runs)-1].CreatedAt {
			continue
		}
		alert := a.Alert
		if i := slices.IndexFunc(runs, func(run census.SyncRun) bool { return run.ID == a.run }); i >= 0 {
			alert.Run = &runs[i]
		}
		all = append(all, alert)
	}
	return all
}
