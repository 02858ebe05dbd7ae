package graphiql

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"census-gateway/edge/graphiql/chromium"
)

// Opens the page in a real browser and does what a person would, over an
// endpoint that keeps what it is sent:
//
//	CHROMIUM=/usr/bin/chromium go test ./edge/graphiql -run Browser
//
// e2e has the page of the program.
func TestBrowser(t *testing.T) {
	gateway := &stub{}
	mux := http.NewServeMux()
	mux.Handle("/", Handler(Options{}))
	mux.Handle("/graphql", gateway)
	mux.HandleFunc("/elsewhere", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<!doctype html><link rel=icon href=data:,>")
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	b := chromium.Start(t)
	b.Open(server.URL + "/")

	b.Until("five tabs, and the first one's query", `
		document.querySelectorAll('.graphiql-tab').length === 5 &&
		text('.graphiql-query-editor').includes('query WhatIsFailingNow')`)
	if bar, _ := b.Eval(`document.getElementById('credentials') === null`); string(bar) != "true" {
		t.Error("the page asks for credentials that nobody needs")
	}

	b.Click(`.graphiql-execute-button`)
	b.Until("the answer of the example", `text('.result-window').includes('Accounts to Salesforce')`)

	b.Click(`button[aria-label*="GraphiQL Explorer"]`)
	b.Until("the explorer lists the fields", `text('.graphiql-explorer-root').includes('syncRun')`)

	b.Click(`.graphiql-tab-add`)
	b.Until("a new tab", `document.querySelectorAll('.graphiql-tab').length === 6 && !text('.graphiql-query-editor').includes('WhatIsFailingNow')`)
	b.Write(`.graphiql-query-editor`, `query Typed { sync(id: "Sync:7") { label } }`)
	b.Click(`button[data-name="headers"]`)
	b.Write(`.graphiql-editor-tool .graphiql-editor:not(.hidden)`, `{ "Authorization": "Bearer s3cret" }`)
	b.Until("the tab is named after its operation", `text('.graphiql-tab-active').includes('Typed')`)
	b.Click(`.graphiql-execute-button`)
	b.Until("the answer of the typed query", `text('.result-window').includes('Typed by hand')`)
	gateway.mu.Lock()
	if n := len(gateway.tokens); n != 2 || gateway.tokens[1] != "Bearer s3cret" {
		t.Errorf("the queries came with tokens %q", gateway.tokens)
	}
	gateway.mu.Unlock()

	b.Until("the history holds what was run", `JSON.stringify(localStorage).includes('query Typed')`)
	b.Until("no token is stored", `!JSON.stringify(localStorage).includes('s3cret')`)

	b.Until("the tabs are stored", `localStorage['census-gateway/graphiql:tabState'].includes('query Typed')`)
	b.Reload()
	b.Until("the tabs of before, and no more", `
		document.querySelectorAll('.graphiql-tab').length === 6 &&
		text('.graphiql-query-editor').includes('query Typed')`)

	// On another day the unchanged examples ask about that day. The page that makes them
	// old is another one of this origin, since GraphiQL stores its tabs late and would
	// overwrite them.
	b.Open(server.URL + "/elsewhere")
	b.Until("the other page", `location.pathname === '/elsewhere' && document.readyState === 'complete'`)
	b.Do(`['examples', 'graphiql:tabState'].forEach(at => { const key = 'census-gateway/' + at;
		localStorage[key] = localStorage[key].replaceAll(/20\d\d-\d\d-\d\dT/g, '2020-01-01T') })`)
	b.Do(`localStorage['census-gateway/graphiql:tabState'] = localStorage['census-gateway/graphiql:tabState'].replace('2020-01-01T', '2021-01-01T')`)
	b.Open(server.URL + "/")
	b.Until("the first of them, which was changed, as it was, and the second of today", `(tabs => tabs.length === 6 &&
		tabs[1].variables.includes('2021-01-01T') && tabs[2].variables.includes('"since"') && !tabs[2].variables.includes('2020-01-01T'))
		(JSON.parse(localStorage['census-gateway/graphiql:tabState']).tabs) && text('.graphiql-query-editor').includes('query Typed')`)

	requests := b.Requests()
	for _, url := range requests {
		host := strings.TrimPrefix(server.URL, "http://")
		if !strings.HasPrefix(url, "http://"+host+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked for %s", url)
		}
	}
	if len(requests) < 10 {
		t.Errorf("only %d requests were seen", len(requests))
	}
	for _, e := range b.Errors() {
		t.Errorf("console: %s", e)
	}
}
