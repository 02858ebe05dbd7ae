package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// labelledSyncs returns a server of a workspace of syncs with labels.
func labelledSyncs(t *testing.T, labels ...string) (*sim.Census, func(query string) labelPage) {
	h, census := serve(sim.Options{Empty: true})
	for _, l := range labels {
		census.AddSync(sim.Sync{Label: l})
	}
	return census, func(query string) labelPage {
		t.Helper()
		var a struct {
			Errors []gqlError
			Data   struct{ Syncs labelPage }
		}
		if err := json.Unmarshal([]byte(post(t, h, query, "{}")), &a); err != nil || a.Errors != nil {
			t.Fatal(err, a.Errors)
		}
		return a.Data.Syncs
	}
}

type labelPage struct {
	Nodes    []struct{ ID, Label string }
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
}

func (p labelPage) labels() (all []string) {
	for _, n := range p.Nodes {
		all = append(all, n.Label)
	}
	return all
}

// Labels are ordered by all of their characters, without regard to case as in Unicode.
func TestLabelOrder(t *testing.T) {
	long := strings.Repeat("Accounts of ", 20)
	longer := strings.Repeat("x", 5000)
	for _, want := range [][]string{
		{long + "Asia", long + "europe", long + "Oceania"},
		{strings.Repeat("ä", 48) + "a", strings.Repeat("Ä", 48) + "b", strings.Repeat("ä", 48) + "C"}, // 96 equal bytes
		{longer + "a", longer + "B", longer + "c"},
		{"Strasse a", "STRAßE b", "straße c", "STRASSE D"},
		{"σίσυφος a", "ΣΊΣΥΦΟΣ B", "σίσυφοσ c"},        // a final sigma
		{"caf\u00e9 a", "Cafe\u0301 b", "CAF\u00c9 c"}, // é as one and as two code points
		{"\u212aelvin a", "kelvin b", "KELVIN c"},
	} {
		added := slices.Clone(want)
		slices.Reverse(added)
		added[0], added[1] = added[1], added[0]
		_, ask := labelledSyncs(t, added...)
		if got := ask("{ syncs(orderBy: {field: LABEL, direction: ASC}) { nodes { label } } }").labels(); !slices.Equal(got, want) {
			t.Errorf("%.60q, want %.60q", got, want)
		}
		slices.Reverse(want)
		if got := ask("{ syncs(orderBy: {field: LABEL}) { nodes { label } } }").labels(); !slices.Equal(got, want) {
			t.Errorf("descending %.60q, want %.60q", got, want)
		}
	}
}

func TestLabelContains(t *testing.T) {
	far := strings.Repeat("far ", 500)
	for _, test := range []struct {
		label, part string
		want        bool
	}{
		{"Hauptstraße", "STRASSE", true},
		{"HAUPTSTRASSE", "straße", true},
		{"Σίσυφος", "ΣΊΣΥΦΟΣ", true},
		{"caf\u00e9", "CAFE\u0301", true},
		{"Cafe\u0301", "caf\u00e9", true},
		{"caf\u00e9", "cafe", false}, // é is not e
		{"ſtern", "STERN", true},
		{"ﬁnance", "FINANCE", true}, // a ligature
		{"\u01c6ep", "\u01c5EP", true},
		{far + "Away", "AWAY", true},
		{far + "away", "near", false},
		{"Istanbul", "ISTANBUL", true},
		{"50%", "%", true},
	} {
		_, ask := labelledSyncs(t, test.label)
		if got := ask(fmt.Sprintf("{ syncs(filter: {labelContains: %q}) { nodes { label } } }", test.part)); (len(got.Nodes) == 1) != test.want {
			t.Errorf("%.40q in %.40q: %t", test.part, test.label, !test.want)
		}
	}
}

// A walk through a list by label shows each sync once. Labels may have long common beginnings,
// and the sync named by a cursor may be removed meanwhile.
func TestLabelCursors(t *testing.T) {
	for _, size := range []int{10, 90, 96, 97, 300, 1000, 1024, 3000, 15_000} {
		for _, order := range []string{"{field: LABEL, direction: ASC}", "{field: LABEL}", "{field: HEALTH}"} {
			for _, remove := range []bool{false, true} {
				var labels []string
				for i := range 6 {
					labels = append(labels, strings.Repeat("é", size/2)+string(rune('A'+(i*5)%6)))
				}
				census, ask := labelledSyncs(t, labels...)
				var got []string
				after := ""
				for range 20 {
					page := ask(fmt.Sprintf("{ syncs(first: 2, orderBy: %s%s) { nodes { id label } pageInfo { hasNextPage endCursor } } }", order, after))
					got = append(got, page.labels()...)
					if !page.PageInfo.HasNextPage {
						break
					}
					after = fmt.Sprintf(", after: %q", page.PageInfo.EndCursor)
					if remove {
						var id int64
						fmt.Sscanf(page.Nodes[1].ID, "Sync:%d", &id)
						census.RemoveSync(id)
					}
				}
				slices.Sort(labels)
				slices.Sort(got)
				if !slices.Equal(got, labels) {
					t.Errorf("%d bytes by %s, removed %t: %d labels, want %d", size, order, remove, len(got), len(labels))
				}
			}
		}
	}
}
