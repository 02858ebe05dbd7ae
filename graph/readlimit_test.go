package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/graph"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// withReadLimit returns a server whose operations may make the given number of calls to Census for
// filters and lists of many syncs, besides the first of each.
func withReadLimit(calls int, census *sim.Census, by upstream.Options) http.Handler {
	by.BaseURL, by.Transport = sim.Base(), census.Transport()
	client := upstream.New("canary", by)
	h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{ReadLimit: calls, Now: func() time.Time { return now }})
	if err != nil {
		panic(err)
	}
	return h
}

// A pager walks a list by its cursors, as clients do. It checks each page: the page advances,
// ends the list, or has an error.
type pager struct {
	field       string // field of the root or of a sync, up to its page arguments
	sync        string // the sync with the field; "" for a field of the root
	backwards   bool
	first       int
	cursor      *string
	seenCursors map[string]bool
	ids         []string // in the order of the walk
	done        bool
}

const pagerSelection = "{ edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"

func (f *pager) query(alias string) string {
	args := fmt.Sprintf("first: %d", f.first)
	if f.backwards {
		args = fmt.Sprintf("last: %d", f.first)
	}
	if f.cursor != nil {
		args += fmt.Sprintf(", %s: %q", map[bool]string{false: "after", true: "before"}[f.backwards], *f.cursor)
	}
	field := fmt.Sprintf(f.field, args) + pagerSelection
	if f.sync != "" {
		return fmt.Sprintf("%s: sync(id: %s) { page: %s }", alias, f.sync, field)
	}
	return alias + ": " + field
}

// addPage adds a page. It returns what is wrong with the page.
func (f *pager) addPage(c connection) (wrong string) {
	if f.backwards {
		slices.Reverse(c.Edges)
	}
	for _, e := range c.Edges {
		f.ids = append(f.ids, e.Node.ID)
	}
	more, cursor := c.PageInfo.HasNextPage, c.PageInfo.EndCursor
	if f.backwards {
		more, cursor = c.PageInfo.HasPreviousPage, c.PageInfo.StartCursor
	}
	switch {
	case !more:
		f.done = true
	case cursor == nil:
		return "there is more, and no cursor"
	case f.seenCursors[*cursor]:
		return fmt.Sprintf("the cursor comes again, with %d rows", len(c.Edges))
	default:
		if f.seenCursors == nil {
			f.seenCursors = map[string]bool{}
		}
		f.cursor, f.seenCursors[*cursor] = cursor, true
	}
	return ""
}

// nextPages requests the next page of each of fs in one operation, and returns the rejected ones.
// Any other error fails the test.
func nextPages(tb testing.TB, h http.Handler, fs []*pager) (refused []*pager, wrong string) {
	var b strings.Builder
	for i, f := range fs {
		fmt.Fprintf(&b, "a%d: %s ", i, strings.TrimPrefix(f.query(""), ": "))
	}
	var answer struct {
		Errors []gqlError
		Data   map[string]json.RawMessage
	}
	text := post(tb, h, "{ "+b.String()+" }", "{}")
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return nil, err.Error()
	}
	for _, e := range answer.Errors {
		if e.Extensions["code"] != "QUERY_TOO_EXPENSIVE" || e.Extensions["limit"] != "calls" {
			return nil, text
		}
	}
	for i, f := range fs {
		var of struct {
			connection
			Page *connection
		}
		data := answer.Data[fmt.Sprintf("a%d", i)]
		if err := json.Unmarshal(data, &of); data != nil && err != nil {
			return nil, err.Error()
		}
		page := &of.connection
		if f.sync != "" {
			page = of.Page
		}
		if data == nil || page == nil {
			if len(answer.Errors) == 0 {
				return nil, "no page and no error: " + text
			}
			refused = append(refused, f)
			continue
		}
		if wrong := f.addPage(*page); wrong != "" {
			return nil, wrong + ": " + text
		}
	}
	return refused, ""
}

// A client that follows the cursors of a list reaches its end or an error, for any read limit and
// any other fields in the operation. No page repeats its cursor. A walk that reaches the end has
// shown every run once.
func TestNoListStandsStill(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		untold := rapid.IntRange(0, 9).Draw(rt, "no pagination") == 0
		census := sim.New(sim.Options{Empty: true, Now: func() time.Time { return now }, NoPagination: untold})
		var syncs []string
		for range rapid.IntRange(1, 6).Draw(rt, "syncs") {
			id := census.AddSync(sim.Sync{})
			syncs = append(syncs, fmt.Sprint(id))
			n := rapid.SampledFrom([]int{0, 1, 12, 99, 100, 101, 250, 430}).Draw(rt, "runs")
			pause := rapid.SampledFrom([]int{1, 7, 60}).Draw(rt, "minutes between")
			often := rapid.SampledFrom([]int{1, 2, 50, 1000}).Draw(rt, "one of so many fails")
			for i := range n {
				census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration((i-n)*pause) * time.Minute), Status: map[bool]string{true: "failed", false: "completed"}[i%often == 0]})
			}
		}
		by := rapid.SampledFrom([]upstream.Options{{}, {}, remembering, {PageCache: 30_000, Freshness: time.Second}}).Draw(rt, "memory")
		calls := rapid.SampledFrom([]int{1, 2, 3, 5, 9, 30}).Draw(rt, "read limit")
		h := withReadLimit(calls, census, by)
		since, before := now.Add(-8*time.Hour), now.Add(-3*time.Hour)
		draw := func() (f *pager, want []string) {
			filter := rapid.SampledFrom([]string{"", "", "statuses: [FAILED]", "statuses: [QUEUED]", "errorCodes: [\"NONE\"]"}).Draw(rt, "filter")
			window := rapid.SampledFrom([]string{"", "", fmt.Sprintf(" createdBefore: %q", before.Format(time.RFC3339)),
				fmt.Sprintf(" createdSince: %q createdBefore: %q", since.Format(time.RFC3339), before.Format(time.RFC3339))}).Draw(rt, "window")
			passes := func(r sim.Run) bool {
				return (filter == "" || strings.Contains(filter, "FAILED") && r.Status == "failed") &&
					(!strings.Contains(window, "Since") || !r.CreatedAt.Before(since)) && (!strings.Contains(window, "Before") || r.CreatedAt.Before(before))
			}
			asc := rapid.Bool().Draw(rt, "oldest first")
			f = &pager{backwards: rapid.Bool().Draw(rt, "backwards"), first: rapid.SampledFrom([]int{1, 7, 40, 100, 1000}).Draw(rt, "first")}
			args := fmt.Sprintf("orderBy: {direction: %s}, filter: {%s}, %%s", map[bool]string{true: "ASC", false: "DESC"}[asc], filter+window)
			of := syncs
			switch rapid.IntRange(0, 3).Draw(rt, "list") {
			case 0:
				f.field = "syncRuns(" + args + ") "
			case 1:
				f.field = "syncRuns(syncIds: [" + strings.Join(syncs, ",") + "], " + args + ") "
			default:
				f.sync = rapid.SampledFrom(syncs).Draw(rt, "sync")
				of, f.field = []string{f.sync}, "runs("+args+") "
			}
			var runs []sim.Run
			for _, s := range census.Syncs() {
				for _, r := range census.Runs(s.ID) {
					if slices.Contains(of, fmt.Sprint(s.ID)) && passes(r) {
						runs = append(runs, r)
					}
				}
			}
			slices.SortFunc(runs, func(a, b sim.Run) int {
				if c := a.CreatedAt.Compare(b.CreatedAt); c != 0 {
					return c
				}
				return int(a.ID - b.ID)
			})
			for _, r := range runs {
				want = append(want, fmt.Sprintf("SyncRun:%d", r.ID))
			}
			if asc == f.backwards { // the walk begins with the newest run
				slices.Reverse(want)
			}
			return f, want
		}
		var fs []*pager
		var wants [][]string
		for range rapid.IntRange(1, 3).Draw(rt, "lists") {
			f, want := draw()
			if f.first == 1 && len(want) > 60 {
				f.first = 25
			}
			fs, wants = append(fs, f), append(wants, want)
		}
		waiting := slices.Clone(fs)
		for len(waiting) > 0 {
			refused, wrong := nextPages(t, h, waiting)
			if wrong != "" {
				rt.Fatal(wrong)
			}
			for _, f := range refused { // alone it advances, unless there are too many syncs, or too few calls even to find its position
				refused, wrong := nextPages(t, h, []*pager{f})
				if wrong == "" && len(refused) > 0 && f.sync != "" && calls >= 9 && !untold {
					wrong = "a list of one sync is refused"
				}
				if wrong != "" {
					rt.Fatal(wrong)
				}
				if len(refused) > 0 {
					f.ids, f.done = nil, true
				}
			}
			waiting = slices.DeleteFunc(waiting, func(f *pager) bool { return f.done })
		}
		for i, f := range fs {
			if f.ids != nil && !slices.Equal(f.ids, wants[i]) {
				rt.Fatalf("%s: %d runs, want %d:\n%v\n%v", f.query("a"), len(f.ids), len(wants[i]), f.ids, wants[i])
			}
		}
	})
}

// More syncs than the read limit has calls still form one list, as far as a page of each reaches,
// and pages in memory cost nothing. Beyond that the list is rejected before its limit is used up.
// The error says what to request instead.
func TestTimelineOfMoreSyncsThanCalls(t *testing.T) {
	const syncs, calls = 24, 16
	for name, tt := range map[string]struct {
		by      upstream.Options
		runs    int
		calls   int // maximum for the first pages
		shown   int // runs shown before the end or the error
		refused bool
	}{
		"short histories":                {upstream.Options{}, 30, 25 * 9, 24 * 30, false},
		"short histories, with a memory": {upstream.Options{PageCache: 64 << 20, Freshness: time.Hour}, 30, 24*2 + 2, 24 * 30, false},
		"long histories":                 {upstream.Options{}, 250, 25*30 + 24 + 16, 24 * 90, true},
		"long histories, with a memory":  {upstream.Options{PageCache: 64 << 20, Freshness: time.Hour}, 250, 24*4 + 10, 24 * 250, false},
		"long histories, of few":         {upstream.Options{}, 250, 1 << 20, 3 * 250, false},
	} {
		t.Run(name, func(t *testing.T) {
			census := sim.New(sim.Options{Empty: true, Now: func() time.Time { return now }})
			for i := range syncs {
				id := census.AddSync(sim.Sync{})
				for n := range tt.runs {
					census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(n-tt.runs)*time.Hour + time.Duration(i)*time.Second)})
				}
			}
			limited := 0
			answering := withReadLimit(calls, census, tt.by)
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx, record := notes.With(r.Context())
				answering.ServeHTTP(w, r.WithContext(ctx))
				if record.Limit == "calls" {
					limited++
				}
			})
			f := &pager{field: "syncRuns(%s) ", first: 100}
			if strings.HasSuffix(name, "few") {
				named := make([]string, syncs/8)
				for i := range named {
					named[i] = fmt.Sprint(i + 1)
				}
				f.field, f.first = "syncRuns(syncIds: ["+strings.Join(named, ",")+"], %s) ", 1000
			}
			census.ResetCalls()
			var refused []*pager
			for wrong := ""; !f.done && len(refused) == 0; {
				before := len(census.Calls())
				if refused, wrong = nextPages(t, h, []*pager{f}); wrong != "" {
					t.Fatal(wrong)
				}
				if n := len(census.Calls()) - before; len(refused) > 0 && n > syncs+calls+2 {
					t.Errorf("refused after %d calls", n)
				}
			}
			if n := len(census.Calls()); n > tt.calls || len(f.ids) < tt.shown || (len(refused) > 0) != tt.refused || (limited > 0) != tt.refused {
				t.Errorf("%d runs, %d calls; refused: %t", len(f.ids), n, len(refused) > 0)
			}
			if tt.refused {
				text := post(t, h, "{ "+strings.TrimPrefix(f.query(""), ": ")+" }", "{}")
				for _, part := range []string{"the next runs of 24 syncs", "16 calls", "syncIds", `"allowed": 16`} {
					if !strings.Contains(text, part) {
						t.Errorf("no %q in %s", part, text)
					}
				}
			}
		})
	}
}

// A sync whose runs rarely pass the filter is read only as far as the page reaches.
func TestTimelineReadsWhatItShows(t *testing.T) {
	_, census := serve(sim.Options{Empty: true})
	for i := range 20 {
		id := census.AddSync(sim.Sync{})
		for n := range 1000 {
			status := "completed"
			if i == 0 && n%2 == 0 || n == 3 {
				status = "failed"
			}
			census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(n-1000) * time.Minute), Status: status})
		}
	}
	for query, most := range map[string]int{
		"{ syncRuns(first: 5, filter: {outcomes: [FAILED]}) { nodes { id } pageInfo { hasNextPage } } }":  20 + 2*20, // no run of the other syncs is as new
		"{ syncRuns(first: 50, filter: {outcomes: [FAILED]}) { nodes { id } pageInfo { hasNextPage } } }": 20 + 3*20,
	} {
		h := handlerOf(census, upstream.Options{PageCache: 64 << 20, Freshness: time.Hour}, func() time.Time { return now })
		census.ResetCalls()
		text := post(t, h, query, "{}")
		if n := len(census.Calls()); n > most || strings.Contains(text, "errors") {
			t.Errorf("%d calls, want at most %d: %s: %.200s", n, most, query, text)
		}
	}
}
