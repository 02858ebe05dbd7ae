package proof

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// worstFirst is the order of states in docs/health.md.
var worstFirst = []string{"FAILING", "STUCK", "LATE", "DEGRADED", "UNKNOWN", "NEVER_RAN", "PAUSED", "HEALTHY"}

// askSyncs pages through all or some syncs, with any filter and order.
func (w *world) askSyncs() {
	t := w.T
	syncs, names := w.someSyncs()
	syncs = slices.Clone(syncs)
	field := rapid.SampledFrom([]string{"", "CREATED_AT", "LABEL", "HEALTH"}).Draw(t, "order of syncs")
	ascending := rapid.Bool().Draw(t, "ascending")
	args := "ids: " + names + ", "
	if field != "" {
		args += fmt.Sprintf("orderBy: {field: %s, direction: %s}, ", field, map[bool]string{true: "ASC", false: "DESC"}[ascending])
	} else if ascending = false; names == "null" {
		field = "CREATED_AT"
	}
	var parts []string
	keep := func(part string, pass func(sim.Sync) bool) {
		parts = append(parts, part)
		syncs = slices.DeleteFunc(syncs, func(s sim.Sync) bool { return !pass(s) })
	}
	if rapid.IntRange(0, 2).Draw(t, "by label") == 0 {
		part := rapid.SampledFrom([]string{"", "ACC", "ö", "über", "→", "nothing", "STRASSE", "straße", "Σ", "cafe\u0301", "END"}).Draw(t, "label part")
		keep(fmt.Sprintf("labelContains: %q", part), func(s sim.Sync) bool {
			return strings.Contains(caseless(s.Label), caseless(part))
		})
	}
	if rapid.IntRange(0, 2).Draw(t, "by pause") == 0 {
		paused := rapid.Bool().Draw(t, "paused ones")
		keep(fmt.Sprintf("paused: %t", paused), func(s sim.Sync) bool { return s.Paused == paused })
	}
	if rapid.IntRange(0, 2).Draw(t, "by status") == 0 {
		statuses := rapid.SliceOfN(rapid.SampledFrom([]string{"READY", "UP_TO_DATE", "FAILING", "UNKNOWN"}), 0, 3).Draw(t, "statuses of syncs")
		keep("statuses: ["+strings.Join(statuses, " ")+"]", func(s sim.Sync) bool { return slices.Contains(statuses, syncStatusOf(s)) })
	}
	which := rapid.IntRange(0, 255).Draw(t, "more parts")
	if which&7 == 1 {
		ids := rapid.SliceOfN(rapid.Int64Range(11, 15), 0, 3).Draw(t, "sources")
		keep(fmt.Sprintf("sourceIds: [%s]", commas(ids)), func(s sim.Sync) bool { return slices.Contains(ids, s.SourceID) })
	}
	if which&7 == 2 {
		ids := rapid.SliceOfN(rapid.Int64Range(301, 304), 0, 3).Draw(t, "destinations")
		keep(fmt.Sprintf("destinationIds: [%s]", commas(ids)), func(s sim.Sync) bool { return !usesV2 && slices.Contains(ids, s.DestinationID) }) // V2 has no ids of destinations
	}
	if which&7 == 3 {
		kinds := rapid.SliceOfN(rapid.SampledFrom([]string{"salesforce", "hubspot", "braze", "Braze"}), 0, 3).Draw(t, "types")
		keep(fmt.Sprintf("destinationTypes: %q", kinds), func(s sim.Sync) bool { return slices.Contains(kinds, destinationTypes[s.DestinationID]) })
	}
	if which&7 == 4 {
		keep(`operations: ["upsert" "mirror"]`, func(s sim.Sync) bool { return s.Operation == "upsert" || s.Operation == "mirror" })
	}
	if which&0x18 == 0x08 {
		states := rapid.SliceOfN(rapid.SampledFrom(worstFirst), 0, 4).Draw(t, "states")
		keep("healthStates: ["+strings.Join(states, " ")+"]", func(s sim.Sync) bool {
			return slices.Contains(states, healthOf(s, w.census.Runs(s.ID)).State)
		})
	}
	if which&0x60 == 0x20 {
		yes := which&0x80 == 0
		keep(fmt.Sprintf("inProgress: %t", yes), func(s sim.Sync) bool { return (activeOf(w.census.Runs(s.ID)) != nil) == yes })
	}
	if len(parts) > 0 {
		args += "filter: {" + strings.Join(parts, ", ") + "}, "
	}
	w.order(syncs, field, ascending)
	var ids []string
	for _, s := range syncs {
		ids = append(ids, fmt.Sprintf("Sync:%d", s.ID))
	}
	var data struct{ Syncs connection }
	w.askPages(list{ids: ids, data: &data, at: func() *connection { return &data.Syncs }, totalKnown: true, field: "syncs(" + args + "%s) " + connectionFields})
	var counted struct {
		Syncs struct {
			HealthCounts []struct {
				State string
				Count int
			}
		}
	}
	w.ask("{ syncs("+args+"first: 1) { healthCounts { state count } nodes { health { state } } } }", &counted)
	states := map[string]int{}
	for _, s := range syncs {
		states[healthOf(s, w.census.Runs(s.ID)).State]++
	}
	if len(counted.Syncs.HealthCounts) != len(worstFirst) {
		w.Fatalf("%s: %d states", args, len(counted.Syncs.HealthCounts))
	}
	for i, c := range counted.Syncs.HealthCounts {
		if c.State != worstFirst[i] || c.Count != states[c.State] {
			w.Fatalf("%s: %d syncs are %s, want %d %s", args, c.Count, c.State, states[worstFirst[i]], worstFirst[i])
		}
	}
}

func commas(ids []int64) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ", "), "[]")
}

// caseless returns a label as it is compared.
func caseless(label string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(label)))
}

func syncStatusOf(s sim.Sync) string {
	switch s.Status {
	case "Ready", "Up to Date", "Failing":
		return strings.ReplaceAll(strings.ToUpper(s.Status), " ", "_")
	}
	return "UNKNOWN"
}

// order sorts syncs by a field; "" keeps their order.
func (w *world) order(syncs []sim.Sync, field string, ascending bool) {
	byID := func(a, b sim.Sync) int { return cmp.Compare(a.ID, b.ID) }
	label := func(s sim.Sync) string { return caseless(s.Label) }
	turn := 1
	if !ascending {
		turn = -1
	}
	switch field {
	case "CREATED_AT":
		slices.SortFunc(syncs, func(a, b sim.Sync) int { return turn * cmp.Or(a.CreatedAt.Compare(b.CreatedAt), byID(a, b)) })
	case "LABEL": // syncs without a label come last
		slices.SortFunc(syncs, func(a, b sim.Sync) int {
			return cmp.Or(boolOrder(a.Label == "", b.Label == ""), turn*cmp.Or(strings.Compare(label(a), label(b)), byID(a, b)))
		})
	case "HEALTH": // syncs of one state: longest first, in either direction
		verdicts := map[int64]verdict{}
		for _, s := range syncs {
			verdicts[s.ID] = healthOf(s, w.census.Runs(s.ID))
		}
		since := func(s sim.Sync) (t time.Time) {
			if at := verdicts[s.ID].Since; at != nil {
				t = *at
			}
			return t
		}
		severity := func(s sim.Sync) int { return len(worstFirst) - slices.Index(worstFirst, verdicts[s.ID].State) }
		slices.SortFunc(syncs, func(a, b sim.Sync) int {
			return cmp.Or(turn*cmp.Compare(severity(a), severity(b)), since(a).Compare(since(b)), strings.Compare(label(a), label(b)), byID(a, b))
		})
	}
}

// boolOrder puts false before true.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
