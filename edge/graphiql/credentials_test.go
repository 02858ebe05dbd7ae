package graphiql

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"census-gateway/edge/graphiql/chromium"
)

// The page works behind a proxy with a path prefix and required credentials. It requests nothing
// outside the prefix, asks for the credentials once for all tabs, and drops them with the
// browser's tab.
func TestBrowserCredentials(t *testing.T) {
	gateway := &stub{wants: "Bearer s3cret"}
	mux := http.NewServeMux()
	mux.Handle("/", Handler(Options{Credentials: "an API key or a JWT"}))
	mux.Handle("/graphql", ForBrowsers(gateway))
	outer := http.NewServeMux()
	outer.Handle("/census/", http.StripPrefix("/census", mux))
	server := httptest.NewServer(outer)
	defer server.Close()
	here := server.URL + "/census/"

	b := chromium.Start(t)
	b.Open(here + "graphql")
	b.Until("the page, to which a browser is sent, and what works", `location.pathname === '/census/' &&
		text('.graphiql-query-editor').includes('query WhatIsFailingNow') && text('#credentials').includes('Accepted: an API key or a JWT.')`)
	gateway.mu.Lock()
	if len(gateway.tokens) > 0 {
		t.Errorf("asked without credentials: %q", gateway.tokens)
	}
	gateway.mu.Unlock()

	b.Fill("#credential", "wrong")
	b.Click(".graphiql-execute-button")
	b.Until("the refusal", `text('.result-window').includes('Credentials are wrong')`)
	b.Fill("#credential", "Bearer s3cret ")
	seen := len(b.Errors()) // the refusals before are errors of the console
	b.Eval(`document.querySelector('#credentials form').requestSubmit()`)
	b.Click(`button[aria-label*="Documentation Explorer"]`)
	b.Until("the schema", `text('.graphiql-doc-explorer').includes('Query')`)
	for i := range 2 {
		b.Click(".graphiql-tab:nth-of-type(" + strconv.Itoa(2-i) + ") button")
		b.Until("the tab", `JSON.parse(localStorage['census-gateway/census/graphiql:tabState']).activeTabIndex === `+strconv.Itoa(1-i))
		b.Click(".graphiql-execute-button")
		b.Until("the answer of tab "+strconv.Itoa(1-i), `text('.result-window').includes('`+[]string{"Nothing failed", "Accounts to Salesforce"}[i]+`')`)
	}
	b.Reload()
	b.Until("the credentials after a reload", `document.querySelector('#credential')?.value.includes('s3cret') && text('.graphiql-doc-explorer').includes('Query')`)
	b.Until("the credentials are for this browser tab", `JSON.stringify(sessionStorage).includes('s3cret') && !JSON.stringify(localStorage).includes('s3cret')`)

	b.Fill("#credential", "")
	for i, tab := range []string{"variables", "headers"} {
		b.Click(`button[data-name="` + tab + `"]`)
		b.Until(tab, `document.querySelectorAll('.graphiql-editor-tool .graphiql-editor')[`+strconv.Itoa(i)+`].className.includes('hidden') === false`)
	}
	b.Write(`.graphiql-editor-tool .graphiql-editor:not(.hidden)`, `{ "authorization": "Bearer own" }`)
	b.Fill("#credential", "s3cret")
	b.Click(".graphiql-execute-button")
	b.Until("a tab's own header goes first", `text('.result-window').includes('Credentials are wrong')`)
	gateway.mu.Lock()
	if !slices.Contains(gateway.tokens, "Bearer wrong") || gateway.tokens[len(gateway.tokens)-1] != "Bearer own" {
		t.Errorf("asked with %q", gateway.tokens)
	}
	gateway.mu.Unlock()

	for _, url := range b.Requests() {
		if !strings.HasPrefix(url, here) && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked for %s", url)
		}
	}
	for _, e := range b.Errors()[seen:] {
		if !strings.Contains(e, "401") {
			t.Errorf("console: %s", e)
		}
	}
}

// The page at the width of a phone and of a desktop, in both themes. On a phone its parts are in
// one column, no wider than the screen.
func TestBrowserWidths(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/", Handler(Options{Credentials: "an API key or a JWT"}))
	mux.Handle("/graphql", &stub{wants: "Bearer s3cret"})
	server := httptest.NewServer(mux)
	defer server.Close()
	b := chromium.Start(t)
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int{390, 1440} {
			b.Show(width, 900, theme)
			b.Eval(`sessionStorage.clear()`)
			b.Open(server.URL + "/")
			b.Until("the query", `text('.graphiql-query-editor').includes('WhatIsFailingNow')`)
			b.Screenshot(filepath.Join(t.ArtifactDir(), theme+"-"+strconv.Itoa(width)+"-first.png"))
			b.Fill("#credential", "s3cret")
			b.Eval(`document.querySelector('#credentials form').requestSubmit()`)
			b.Click(".graphiql-execute-button")
			b.Until("the answer", `text('.result-window').includes('"totalCount": 1')`)
			name := theme + "-" + strconv.Itoa(width)
			b.Screenshot(filepath.Join(t.ArtifactDir(), name+".png"))
			stacked := `(() => {
				const box = s => document.querySelector(s).getBoundingClientRect();
				const editor = box('.graphiql-query-editor .graphiql-editor'), run = box('.graphiql-execute-button');
				return box('.graphiql-response').top >= box('.graphiql-editor-tool').bottom && box('.graphiql-response').height > 300 &&
					editor.width > 250 && editor.height > 200 && run.right <= innerWidth && box('#credential').width > 250;
			})()`
			if got, err := b.Eval(stacked); string(got) != strconv.FormatBool(width == 390) {
				t.Errorf("%s: in one column: %s, %v", name, got, err)
			}
			if got, err := b.Eval(`document.documentElement.scrollWidth <= innerWidth`); string(got) != "true" {
				t.Errorf("%s: wider than the screen: %v", name, err)
			}
			b.Click(`button[aria-label*="Documentation Explorer"]`)
			b.Until("the schema's own description", `text('.graphiql-doc-explorer').includes('Read-only')`)
			b.Eval(`scrollTo(0, 0)`)
			b.Screenshot(filepath.Join(t.ArtifactDir(), name+"-docs.png"))
			b.Click(`button[aria-label*="Documentation Explorer"]`)
		}
	}
}
