package proof

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// Names of the connections in the simulated Census.
var (
	sourceNames      = map[int64]string{11: "Snowflake", 12: "BigQuery", 13: "Finance Redshift", 14: "Databricks", 15: "Postgres replica"}
	destinationNames = map[int64]string{301: "Salesforce", 302: "HubSpot", 303: "Braze", 304: "Intercom", 305: "Marketo", 306: "Zendesk", 307: "Google Ads", 308: "Facebook Ads",
		309: "Slack", 310: "Iterable", 311: "NetSuite", 312: "Google Sheets"}
	destinationTypes = map[int64]string{301: "salesforce", 302: "hubspot", 303: "braze", 304: "intercom", 305: "marketo", 306: "zendesk", 307: "google_ads", 308: "facebook",
		309: "slack", 310: "iterable", 311: "netsuite", 312: "google_sheets"}
)

// usesV2 reports whether the gateway uses V2, which has groups, names destinations by activations,
// and has no labels of sources.
var usesV2 = strings.HasSuffix(sim.Base(), "/v2")

func destinationKey(s sim.Sync) string {
	if usesV2 {
		return "act_" + strconv.FormatInt(s.SourceID, 36) + "_" + strconv.FormatInt(s.DestinationID, 36)
	}
	return fmt.Sprint(s.DestinationID)
}

func nameOfSource(s sim.Sync) string {
	if usesV2 && s.SourceID == 13 {
		return "Redshift - acme-finance.us-east-1"
	}
	return sourceNames[s.SourceID]
}

type group struct {
	Key   *string
	Label *string
	Sync  *struct{ ID string }
	Stats struct {
		tally
		SuccessRate, CleanRate *float64
		LastSuccessAt          *time.Time
	}
}

// A groupsQuery is a random query of the field groups.
type groupsQuery struct {
	by, order string
	first     int
}

func (w *world) drawGroups() groupsQuery {
	return groupsQuery{rapid.SampledFrom([]string{"SYNC", "DESTINATION", "DESTINATION_TYPE", "DESTINATION_OBJECT", "SOURCE", "OPERATION", "TRIGGER", "FULL_SYNC", "GROUP"}).Draw(w.T, "by"),
		rapid.SampledFrom([]string{"TOTAL", "FAILED", "RECORDS_FAILED", "DURATION_P95", "LABEL"}).Draw(w.T, "order of groups"),
		rapid.SampledFrom([]int{1, 2, 20, 200}).Draw(w.T, "first groups")}
}

func (g groupsQuery) fields() string {
	return fmt.Sprintf("groups(by: %s, orderBy: %s, first: %d) { key label sync { id } stats { %s successRate cleanRate lastSuccessAt } }", g.by, g.order, g.first, tallyFields)
}

// of returns the key and the label of a run's group.
func (g groupsQuery) of(s sim.Sync, r sim.Run) (key, label string) {
	switch g.by {
	case "SYNC":
		return fmt.Sprintf("Sync:%d", s.ID), s.Label
	case "DESTINATION":
		return destinationKey(s), destinationNames[s.DestinationID]
	case "DESTINATION_TYPE":
		return destinationTypes[s.DestinationID], destinationTypes[s.DestinationID]
	case "DESTINATION_OBJECT":
		return destinationKey(s) + "/" + s.DestinationObject, s.DestinationObject
	case "SOURCE":
		return fmt.Sprint(s.SourceID), nameOfSource(s)
	case "GROUP":
		switch {
		case !usesV2:
			return "", ""
		case s.SourceID == 15:
			return "abundant_giraffe", nameOfSource(s)
		case s.SourceID >= 11 && s.SourceID <= 14:
			return "wandering_aimlessly", "BigQuery, Databricks, Redshift - acme-finance.us-east-1, Snowflake"
		}
		return "", ""
	case "OPERATION":
		return s.Operation, s.Operation
	case "TRIGGER":
		if r.NoReason {
			return "", ""
		}
		return r.Tag, r.Tag
	}
	return fmt.Sprint(r.FullSync), map[bool]string{true: "full syncs", false: "other runs"}[r.FullSync]
}

func (w *world) checkGroups(of string, g groupsQuery, got []group, syncs []sim.Sync, runs []sim.Run) {
	byID := map[int64]sim.Sync{}
	for _, s := range syncs {
		byID[s.ID] = s
	}
	members, labels := map[string][]sim.Run{}, map[string]string{}
	for _, r := range runs {
		key, label := g.of(byID[r.SyncID], r)
		members[key], labels[key] = append(members[key], r), label
	}
	measure := func(runs []sim.Run) (n float64) {
		var took []float64
		for _, r := range runs {
			switch {
			case g.order == "FAILED" && outcomeOf(r) == "FAILED":
				n++
			case g.order == "RECORDS_FAILED" && !isDry(r):
				n += float64(max(r.Counts.Failed, 0))
			case g.order == "DURATION_P95" && !isDry(r) && !r.CompletedAt.IsZero():
				took = append(took, secondsOf(r))
			}
		}
		if g.order == "DURATION_P95" {
			if len(took) == 0 {
				return -1
			}
			slices.Sort(took)
			return took[(95*len(took)+99)/100-1]
		}
		return n
	}
	keys := slices.SortedFunc(maps.Keys(members), func(a, b string) int {
		order := cmp.Compare(measure(members[b]), measure(members[a]))
		if g.order == "LABEL" {
			order = cmp.Or(boolOrder(labels[a] == "", labels[b] == ""), strings.Compare(caseless(labels[a]), caseless(labels[b])))
		}
		return cmp.Or(order, len(members[b])-len(members[a]), strings.Compare(a, b))
	})
	var rest []sim.Run
	for _, key := range keys[min(len(keys), g.first):] {
		rest = append(rest, members[key]...)
	}
	want := min(len(keys), g.first)
	if rest != nil {
		want++
	}
	if len(got) != want {
		w.Fatalf("%s: %s: %d groups, want %d of %q", of, g.fields(), len(got), want, keys)
	}
	for i, group := range got {
		inside, id := rest, ""
		if i < len(keys) && i < g.first {
			inside = members[keys[i]]
			if group.Key == nil || *group.Key != keys[i] || text(group.Label) != labels[keys[i]] {
				w.Fatalf("%s: %s: group %d is %v, want %q, %q", of, g.fields(), i, group, keys[i], labels[keys[i]])
			}
			if g.by == "SYNC" {
				id = keys[i]
			}
		} else if group.Key != nil || group.Label != nil {
			w.Fatalf("%s: %s: the group of the rest has the key %q", of, g.fields(), *group.Key)
		}
		if (group.Sync == nil) != (id == "") || group.Sync != nil && group.Sync.ID != id {
			w.Fatalf("%s: %s: group %d is of sync %v, want %q", of, g.fields(), i, group.Sync, id)
		}
		w.checkTally(of, group.Stats.tally, inside)
		w.checkRates(of, group.Stats.SuccessRate, group.Stats.CleanRate, group.Stats.LastSuccessAt, inside)
	}
}

// checkRates checks rates and the last success against the runs.
func (w *world) checkRates(of string, success, clean *float64, lastAt *time.Time, runs []sim.Run) {
	good, flawless, all := 0, 0, 0
	var last time.Time
	for _, r := range runs {
		if isDry(r) {
			continue
		}
		if succeeded(r) {
			good++
			if r.CompletedAt.After(last) && !isFuture(r.CompletedAt) {
				last = r.CompletedAt
			}
		}
		if outcomeOf(r) == "SUCCEEDED" {
			flawless++
		}
		if finished(r) {
			all++
		}
	}
	is := func(rate *float64, n int) bool {
		return (rate == nil) == (all == 0) && (rate == nil || math.Abs(*rate-float64(n)/float64(all)) < 1e-9)
	}
	if !is(success, good) || !is(clean, flawless) {
		w.Fatalf("%s: success rate %v, clean rate %v, want %d and %d of %d", of, success, clean, good, flawless, all)
	}
	if (lastAt == nil) != last.IsZero() || lastAt != nil && !lastAt.Equal(last) {
		w.Fatalf("%s: last success %v, want %v", of, lastAt, last)
	}
}
