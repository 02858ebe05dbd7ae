package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// Each limit accepts its number and rejects one more. The error names the limit and both numbers.
func TestLimitsAreExact(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string { // depth in fields
		return "{sync(id:52){" + strings.Repeat("latestRun{sync{", (depth-2)/2) + [2]string{"id", "latestRun{id}"}[depth%2] + strings.Repeat("}}", (depth-2)/2) + "}}"
	}
	aliases := func(n int) string { return "{sync(id:52){" + repeat(n, "a%d:id ") + "}}" }
	directives := func(n int) string { return "{sync(id:52){" + repeat(n, "id@skip(if:false) ") + "}}" }
	selections := func(n int) string { // a fragment spread counts, and so does its content each time
		if n > 1000 {
			return "{sync(id:52){" + strings.Repeat("...F ", (n-1)/100) + repeat((n-1)%100, "id ") + "}}fragment F on Sync{" + repeat(99, "id ") + "}"
		}
		return "{sync(id:52){" + repeat(n-1, "id ") + "}}"
	}
	pages := func(n int) string { // skipped fields count, but are not read
		list := func(n int) string { // a page per 50 syncs, and a page per sync
			return fmt.Sprintf("syncs(first:%d){nodes{latestRun@skip(if:true){id}id}}", n-(n+50)/51)
		}
		switch {
		case n > 1020:
			return "{" + list(1020) + "a:" + list(n-1020) + "}"
		case n > 11:
			return "{" + list(n) + "}"
		}
		return fmt.Sprintf("{sync(id:52){runs(first:%d){totalCount}}}", (n-1)*100)
	}
	rootFields := func(n int) string { return "{" + repeat(n, "a%d:__typename ") + "}" }
	tokens := func(n int) string { // without too many equal names
		names := [...]string{"id ", "databaseId ", "label ", "paused ", "status ", "url ", "createdAt ", "updatedAt "}
		fields := ""
		for i := range n - 10 {
			fields += names[i%len(names)]
		}
		return "{sync(id:52){" + fields + "}}"
	}
	names := func(n int) string { return "{" + repeat(n, "__typename                    ") + "}" } // longer than 2 KiB, where this limit begins
	for _, l := range []struct {
		setting string
		limit   string // extensions.limit
		allowed []int  // values of the setting; 0 is the default
		usual   int    // the default
		query   func(n int) string
	}{
		{"GATEWAY_MAX_DEPTH", "depth", []int{0, 3, 8}, 12, nested},
		{"GATEWAY_MAX_ALIASES", "aliases", []int{0, 1, 7}, 30, aliases},
		{"GATEWAY_MAX_DIRECTIVES", "directives", []int{0, 1, 9}, 50, directives},
		{"GATEWAY_MAX_ROOT_FIELDS", "rootFields", []int{0, 4}, 20, rootFields},
		{"GATEWAY_MAX_SELECTIONS", "selections", []int{0, 2, 100}, 10_000, selections},
		{"GATEWAY_MAX_PAGES", "pages", []int{0, 2, 5, 11}, 1500, pages},
		{"", "names", []int{0}, 300, names},
		{"GATEWAY_MAX_TOKENS", "tokens", []int{0, 12, 500}, 2000, tokens},
	} {
		for _, n := range l.allowed {
			var settings []string
			if n != 0 {
				settings = append(settings, fmt.Sprintf("%s=%d", l.setting, n))
			} else {
				n = l.usual
			}
			t.Run(fmt.Sprintf("%s=%d", l.setting, n), func(t *testing.T) {
				g := start(t, settings...)
				g.query(t, l.query(n), nil).answered(t)
				a := g.query(t, l.query(n+1), nil)
				if l.limit == "tokens" {
					a.refused(t, 400, parseFailed)
				} else if a.refused(t, 400, tooExpensive); a.Errors[0].Extensions.Limit == "" {
					t.Errorf("no limit: %s", a.body)
				} else if e := a.Errors[0].Extensions; e.Limit != l.limit || e.Allowed != n || e.Actual != n+1 {
					t.Errorf("got %+v", e)
				}
				if m := do(t, "GET", g.admin+"/metrics", ""); !strings.Contains(m.body, `census_gateway_refusals_total{reason="`+l.limit+`"} 1`) {
					t.Errorf("not counted:\n%.2000s", m.body)
				}
				line := "refused=" + l.limit
				if l.setting != "" {
					line += " setting=" + l.setting
				}
				g.log.wait(t, "(WARN msg=operation .* "+line+")\n")
			})
		}
	}
}

// Limits that depend on more than one number.
func TestFurtherLimits(t *testing.T) {
	t.Parallel()
	g, usual := start(t, "GATEWAY_MAX_BODY=1000", "GATEWAY_MAX_DOCUMENT=500", "GATEWAY_MAX_ROOT_FIELDS=4"), start(t)
	sized := func(n int) string {
		b := body("{sync(id:52){id}}", nil)
		return b + strings.Repeat(" ", n-len(b))
	}
	long := func(n int) string { return fmt.Sprintf("{sync(id:52){id}}%*s", n-len("{sync(id:52){id}}"), "") }
	for _, l := range []struct {
		g              *gateway
		body, document int
	}{{usual, 256 << 10, 64 << 10}, {g, 1000, 500}} {
		l.g.post(t, sized(l.body)).answered(t)
		l.g.post(t, sized(l.body+1)).refused(t, 413, tooLarge)
		l.g.query(t, long(l.document), nil).answered(t)
		l.g.query(t, long(l.document+1), nil).refused(t, 413, tooLarge)
	}
	for _, a := range g.raw(t, "POST /graphql HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"+chunked(sized(700), strings.Repeat(" ", 301))) {
		if a.status != 413 {
			t.Errorf("chunks: %d", a.status)
		}
	}
	g.query(t, "{a:__typename b:__typename c:__typename d:__typename}", nil).answered(t)
	g.query(t, "{a:__typename b:__typename c:__typename d:__typename ...F}fragment F on Query{a:__typename}", nil).answered(t)
	a := g.query(t, "{a:__typename b:__typename c:__typename d:__typename ...F}fragment F on Query{e:__typename}", nil)
	a.refused(t, 400, tooExpensive)
	if e := a.Errors[0].Extensions; e.Limit != "rootFields" || e.Allowed != 4 || e.Actual != 5 {
		t.Errorf("got %+v", e)
	}

	for n, code := range map[int]string{100: "", 101: badInput} {
		if a := usual.query(t, "{nodes(ids:["+strings.Repeat(`"Sync:52",`, n)+"]){id}}", nil); a.code() != code {
			t.Errorf("%d ids: %.200s", n, a.body)
		}
	}
	for n, code := range map[int]string{500: "", 501: badInput} {
		if a := usual.query(t, "{syncs(ids:["+repeat(n+1, `"%d7",`)[len(`"07",`):]+"]){nodes{id}}}", nil); a.code() != code {
			t.Errorf("%d syncs: %.200s", n, a.body)
		}
	}
}

// At most twenty errors of a document are reported, with the number of the others. Each failed
// field has its own error.
func TestNumberOfErrors(t *testing.T) {
	t.Parallel()
	g := start(t)
	for n, end := range map[int]string{20: "", 21: `,"extensions":{"errorsOmitted":1}}`, 50: `,"extensions":{"errorsOmitted":30}}`} {
		a := g.query(t, "{"+repeat(n, "f%d ")+"}", nil)
		if len(a.Errors) != min(n, 20) || !strings.HasSuffix(a.body, end) || strings.Contains(a.body, "errorsOmitted") != (end != "") {
			t.Errorf("a document with %d errors: %d are reported: %s", n, len(a.Errors), a.body)
		}
	}
	for _, n := range []int{20, 21, 100} {
		a := g.query(t, "{nodes(ids:["+repeat(n, `"x%d",`)+"]){id}}", nil)
		if len(a.Errors) != n || strings.Contains(a.body, "errorsOmitted") {
			t.Errorf("an answer with %d errors: %d are reported: %s", n, len(a.Errors), a.body)
		}
		for i, err := range a.Errors {
			if len(err.Path) != 2 || err.Path[1] != float64(i) {
				t.Errorf("error %d of %d is at %v", i, n, err.Path)
			}
		}
	}
}
