package graphiql

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPageIsTheSameEverywhere(t *testing.T) {
	root := body(t, get(t, "GET", "/"))
	for _, at := range []string{"/playground", "/graphiql"} {
		if string(body(t, get(t, "GET", at))) != string(root) {
			t.Errorf("%s differs from /", at)
		}
	}
	if !strings.Contains(string(root), "<title>Census sync runs</title>") {
		t.Error("the title is missing")
	}
}

// The page names only files of this handler, by relative addresses. Every file exists, and none
// is on another host.
func TestPageReferences(t *testing.T) {
	html := string(body(t, get(t, "GET", "/")))
	refs := regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(html, -1)
	if len(refs) < 4 {
		t.Fatalf("only %d references in the page", len(refs))
	}
	for _, ref := range refs {
		if strings.HasPrefix(ref[1], "data:") {
			continue
		}
		if res := get(t, "HEAD", "/"+ref[1]); res.StatusCode != 200 || !strings.HasPrefix("/"+ref[1], Assets) {
			t.Errorf("%s: %s", ref[1], res.Status)
		}
	}
	if name := regexp.MustCompile(`https?://[^'"\s<]*`).FindString(strings.ReplaceAll(html, "http://www.w3.org/2000/svg", "")); name != "" {
		t.Errorf("the page names %s", name)
	}
}

func TestPageConfig(t *testing.T) {
	for _, opt := range []Options{{}, {Simulated: true, Credentials: "an API key or a JWT"}} {
		w := httptest.NewRecorder()
		Handler(opt).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		_, rest, _ := strings.Cut(w.Body.String(), `id="config">`)
		text, _, _ := strings.Cut(rest, "</script>")
		var c config
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if c.Endpoint != "graphql" || c.Credentials != opt.Credentials || !slices.Equal(c.Tabs, Examples(opt.Simulated)) {
			t.Errorf("the configuration is %+v", c)
		}
		if hasBar := strings.Contains(rest, `<div id="credentials">`); hasBar != (opt.Credentials != "") {
			t.Errorf("%+v: the page has a field for credentials: %t", opt, hasBar)
		}
		for label, at := range c.Workers {
			if res := get(t, "HEAD", "/"+at); res.StatusCode != 200 || strings.HasPrefix(at, "/") {
				t.Errorf("worker %s: %s for %s", label, res.Status, at)
			}
		}
	}
}

func TestGuard(t *testing.T) {
	for _, at := range []string{"/", Assets + built.Entries["graphql.js"], Assets + "nothing.js"} {
		h := get(t, "GET", at).Header
		policy := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self';", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: no %s in %s", at, want, policy)
			}
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "no-referrer",
			"X-Frame-Options":            "DENY",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", at, name, h.Get(name))
			}
		}
	}
}

func TestPageCaching(t *testing.T) {
	res := get(t, "GET", "/")
	if got := res.Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control %q", got)
	}
	if again := get(t, "GET", "/", "If-None-Match", res.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("%s for the page's own ETag", again.Status)
	}
	if head := get(t, "HEAD", "/"); len(body(t, head)) > 0 || head.Header.Get("ETag") != res.Header.Get("ETag") {
		t.Error("HEAD differs from GET")
	}
}

func TestRefusals(t *testing.T) {
	for _, at := range []string{"/", Assets + built.Entries["page.js"]} {
		if res := get(t, "POST", at); res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %s, Allow %q", at, res.Status, res.Header.Get("Allow"))
		}
	}
	for _, name := range []string{"", "nothing.js", "manifest.json", built.Entries["page.js"] + ".gz", "../page.html", "/"} {
		if res := get(t, "GET", Assets+name); res.StatusCode != 404 || res.Header.Get("Cache-Control") != "" {
			t.Errorf("GET %s%s: %s, Cache-Control %q", Assets, name, res.Status, res.Header.Get("Cache-Control"))
		}
	}
}

// The examples answer the five questions in this order. Each begins with a comment, and shows why
// a run is PARTIAL if it shows that one is.
func TestExamples(t *testing.T) {
	operation := regexp.MustCompile(`(?m)^query ([A-Z]\w*)`)
	for _, simulated := range []bool{false, true} {
		names := []string{}
		for _, tab := range Examples(simulated) {
			match := operation.FindStringSubmatch(tab.Query)
			if !strings.HasPrefix(tab.Query, "# ") || match == nil {
				t.Fatalf("no comment or no named operation in %s", tab.Query)
			}
			names = append(names, match[1])
			if tab.Variables != "" && !json.Valid([]byte(tab.Variables)) {
				t.Errorf("not JSON: %s", tab.Variables)
			}
			if strings.Contains(tab.Query, "recordsFailed") != strings.Contains(tab.Query, "sourceRecordInvalids") {
				t.Errorf("%s shows half of why a run is PARTIAL", match[1])
			}
			if id := regexp.MustCompile(`Sync(Run)?:\d+`).FindString(tab.Query + tab.Variables); id != "" && (!simulated || match[1] != "OneSync") {
				t.Errorf("%s holds %s", match[1], id)
			}
		}
		if want := []string{"WhatIsFailingNow", "WhatFailedSinceYesterday", "HowDidLastWeekGo", "OneSync", "TheWholeWorkspace"}; !slices.Equal(names, want) {
			t.Errorf("tabs %s, want %s", names, want)
		}
	}
}
