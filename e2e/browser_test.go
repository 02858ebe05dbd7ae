package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"census-gateway/edge/graphiql"
	"census-gateway/edge/graphiql/chromium"
)

// A first visitor opens the page of the program started without settings, runs the example, types
// a query and reads the answer of the simulated Census.
//
//	CHROMIUM=/usr/bin/chromium go test ./e2e -run Browser -artifacts
//
// keeps a picture of it, page.png.
func TestBrowser(t *testing.T) {
	b := chromium.Start(t)
	g := start(t)
	here := "http://" + g.host
	b.Open(here + "/graphql")
	examples := graphiql.Examples(true)
	b.Until("a tab for each example, the first one in front", `
		document.querySelectorAll('.graphiql-tab').length === `+strconv.Itoa(len(examples))+` && text('.graphiql-query-editor').includes('query WhatIsFailingNow')`)
	b.Click(`button[aria-label*="Documentation Explorer"]`)
	b.Until("the schema's own description", `text('.graphiql-doc-explorer').includes('Read-only')`)

	// Answers with errors begin with "errors", which is also a field of statistics.
	answered := `(t => t.includes('"data"') && !t.split('"data"')[0].includes('"errors"'))(text('.result-window'))`
	operation := regexp.MustCompile(`(?m)^query (\w+)`)
	for i, tab := range examples {
		name := operation.FindStringSubmatch(tab.Query)[1]
		b.Click(".graphiql-tab:nth-of-type(" + strconv.Itoa(i+1) + ") button")
		b.Until("the example "+name, `text('.graphiql-query-editor').includes('query `+name+`') &&
			JSON.parse(localStorage['census-gateway/graphiql:tabState']).activeTabIndex === `+strconv.Itoa(i)) // stored when all has settled
		b.Click(".graphiql-execute-button")
		b.Until("the answer of "+name, answered)
	}

	b.Click(".graphiql-tab:nth-of-type(2) button")
	began := `(() => { const d = new Date(); d.setHours(0, 0, 0, 0); d.setDate(d.getDate() - 1); return d.toISOString() })()`
	b.Until("the start of yesterday in the variables", `text('.graphiql-editor-tool').includes(`+began+`)`)
	b.Click(".graphiql-tab:nth-of-type(" + strconv.Itoa(len(examples)) + ") button")
	b.Until("the last example", `text('.graphiql-query-editor').includes('query TheWholeWorkspace')`)

	typed := func(name string) {
		b.Write(".graphiql-query-editor", `query `+name+` { sync(id: "Sync:52") { label runs(first: 3) { nodes { id outcome } } } }`)
		b.Until("the tab is named after what was typed", `text('.graphiql-tab-active').includes('`+name+`')`)
		b.Click(".graphiql-execute-button")
		b.Until("the answer of what was typed", answered+` && text('.result-window').includes('"label": "Accounts → Salesforce"') &&
			text('.result-window').includes('"id": "SyncRun:')`)
	}
	b.Click(".graphiql-tab-add")
	b.Until("a new tab", `document.querySelectorAll('.graphiql-tab').length === `+strconv.Itoa(len(examples)+1)+
		` && !text('.graphiql-query-editor').includes('TheWholeWorkspace')`)
	b.Write(".graphiql-query-editor", `subscription Live { syncHealthChanged { sync { id } after { state } } }`)
	b.Until("the tab of a subscription", `text('.graphiql-tab-active').includes('Live')`)
	b.Click(".graphiql-execute-button")
	b.Until("an event", `text('.result-window').includes('"syncHealthChanged"') && text('.result-window').includes('"state"')`)
	b.Click(".graphiql-execute-button") // which stops it
	typed("Typed")
	b.Click(`button[aria-label*="GraphiQL Explorer"]`)
	b.Until("the explorer lists the fields", `text('.graphiql-explorer-root').includes('syncRunStats')`)
	picture := filepath.Join(t.ArtifactDir(), "page.png")
	b.Screenshot(picture)
	if info, err := os.Stat(picture); err != nil || info.Size() < 20_000 {
		t.Errorf("the picture: %v, %v", info, err)
	}

	b.Open(here + "/playground")
	b.Until("the same page, with what was asked before", `location.pathname === '/playground' && text('.graphiql-query-editor').includes('query Typed')`)
	typed("Again")

	requests := b.Requests()
	for _, url := range requests {
		if !strings.HasPrefix(url, here+"/") && !strings.HasPrefix(url, "data:") && url != "ws://"+g.host+"/graphql" {
			t.Errorf("the page asked for %s", url)
		}
	}
	for _, url := range []string{here + "/", here + "/playground", here + "/graphql"} {
		if !slices.Contains(requests, url) {
			t.Errorf("nobody asked for %s", url)
		}
	}
	for _, e := range b.Errors() {
		t.Errorf("console: %s", e)
	}
	// The page causes no errors and no requests to other hosts. The check would see them.
	seen := len(b.Errors())
	if _, err := b.Eval(`fetch('http://127.0.0.1:1/').catch(() => {})`); err != nil {
		t.Error(err)
	}
	until(t, "the page is kept from asking others", func() bool {
		return slices.ContainsFunc(b.Errors()[seen:], func(e string) bool { return strings.Contains(e, "Content Security Policy") }) &&
			slices.ContainsFunc(b.Errors()[seen:], func(e string) bool { return strings.Contains(e, "ContentSecurityPolicyIssue") })
	})
}
