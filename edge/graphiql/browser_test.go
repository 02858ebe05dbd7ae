package graphiql

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// Opens the page in a real browser and does what a person would:
//
//	CHROMIUM=/usr/bin/chromium go test ./edge/graphiql -run Browser
//
// SCREENSHOT=page also keeps pictures of it, page.light.png and page.dark.png.
func TestBrowser(t *testing.T) {
	binary := os.Getenv("CHROMIUM")
	if binary == "" {
		t.Skip("CHROMIUM names no browser")
	}
	gateway := &stub{}
	mux := http.NewServeMux()
	mux.Handle("/", Handler(Options{}))
	mux.Handle("/graphql", gateway)
	server := httptest.NewServer(mux)
	defer server.Close()

	b := newBrowser(t, binary)
	b.get(nil, b.page, "Page.navigate", map[string]any{"url": server.URL + "/"})

	b.until("three tabs, the first one's query and its variables", `
		document.querySelectorAll('.graphiql-tab').length === 3 &&
		text('.graphiql-query-editor').includes('query LatestRuns') &&
		text('.graphiql-editor-tool').includes('Sync:52')`)

	b.click(`.graphiql-execute-button`)
	b.until("the answer of the example", `text('.result-window').includes('Accounts to Salesforce')`)

	b.click(`button[aria-label*="GraphiQL Explorer"]`)
	b.until("the explorer lists the fields", `text('.graphiql-explorer-root').includes('syncRun')`)
	b.screenshots()

	b.click(`.graphiql-tab-add`)
	b.until("a new tab", `document.querySelectorAll('.graphiql-tab').length === 4`)
	b.write(`.graphiql-query-editor`, `query Typed { sync(id: "Sync:7") { label } }`)
	b.click(`button[data-name="headers"]`)
	b.write(`.graphiql-editor-tool .graphiql-editor:not(.hidden)`, `{ "Authorization": "Bearer s3cret" }`)
	b.until("the tab is named after its operation", `text('.graphiql-tab-active').includes('Typed')`)
	b.click(`.graphiql-execute-button`)
	b.until("the answer of the typed query", `text('.result-window').includes('Typed by hand')`)
	gateway.mu.Lock()
	if n := len(gateway.tokens); n != 2 || gateway.tokens[1] != "Bearer s3cret" {
		t.Errorf("the queries came with tokens %q", gateway.tokens)
	}
	gateway.mu.Unlock()

	b.write(`.graphiql-query-editor`, `subscription Changes { syncRunChanged { id outcome } }`)
	b.until("the tab is named anew", `text('.graphiql-tab-active').includes('Changes')`)
	b.click(`.graphiql-execute-button`)
	b.until("the event of the subscription", `text('.result-window').includes('PARTIAL')`)
	gateway.mu.Lock()
	if !strings.Contains(string(gateway.params), `"Bearer s3cret"`) {
		t.Errorf("the subscription came with %s", gateway.params)
	}
	gateway.mu.Unlock()

	b.until("the history holds what was run", `JSON.stringify(localStorage).includes('query Typed')`)
	b.until("no token is stored", `!JSON.stringify(localStorage).includes('s3cret')`)

	b.until("the tabs are stored", `localStorage['census-gateway/graphiql:tabState'].includes('subscription Changes')`)
	b.get(nil, b.page, "Page.reload", nil)
	b.until("the tabs of before, and no more", `
		document.querySelectorAll('.graphiql-tab').length === 4 &&
		text('.graphiql-query-editor').includes('subscription Changes')`)

	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.urls {
		host := strings.TrimPrefix(server.URL, "http://")
		if !strings.HasPrefix(url, "http://"+host+"/") && !strings.HasPrefix(url, "ws://"+host+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked for %s", url)
		}
	}
	if len(b.urls) < 10 {
		t.Errorf("only %d requests were seen", len(b.urls))
	}
	for _, e := range b.errors {
		t.Errorf("console: %s", e)
	}
}

// eval runs an expression in the page, with text(selector) at hand: what a reader sees there.
func (b *browser) eval(expression string) (json.RawMessage, error) {
	result, err := b.call(b.page, "Runtime.evaluate", map[string]any{"returnByValue": true, "expression": `(() => {
		const text = s => (document.querySelector(s)?.innerText ?? '').replaceAll('\u00a0', ' ');
		return (` + expression + `) })()`})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	if err := json.Unmarshal(result, &answer); err != nil {
		return nil, err
	}
	if answer.ExceptionDetails != nil {
		return nil, fmt.Errorf("%s: %s", expression, answer.ExceptionDetails)
	}
	return answer.Result.Value, nil
}

// until waits for a condition. A page that is being loaded cannot be asked, so an error only means not yet.
func (b *browser) until(what, condition string) {
	b.t.Helper()
	var err error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		var seen json.RawMessage
		if seen, err = b.eval("Boolean(" + condition + ")"); string(seen) == "true" {
			return
		}
	}
	shown, _ := b.eval("document.body.innerText")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.t.Fatalf("not seen: %s (%v)\nconsole: %s\npage: %s", what, err, b.errors, shown)
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.until(selector+" to click", "document.querySelector(`"+selector+"`)")
	if _, err := b.eval("document.querySelector(`" + selector + "`).click()"); err != nil {
		b.t.Fatal(err)
	}
}

// write replaces what an editor holds, through the keyboard.
func (b *browser) write(selector, content string) {
	b.t.Helper()
	if _, err := b.eval("document.querySelector(`" + selector + " textarea`).focus()"); err != nil {
		b.t.Fatal(err)
	}
	b.get(nil, b.page, "Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": "a", "code": "KeyA",
		"windowsVirtualKeyCode": 65, "modifiers": 2, "commands": []string{"selectAll"}})
	b.get(nil, b.page, "Input.insertText", map[string]any{"text": content})
}

func (b *browser) screenshots() {
	b.t.Helper()
	path := os.Getenv("SCREENSHOT")
	if path == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		b.get(nil, b.page, "Emulation.setEmulatedMedia", map[string]any{
			"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}})
		time.Sleep(time.Second)
		var shot struct{ Data string }
		b.get(&shot, b.page, "Page.captureScreenshot", map[string]any{"format": "png"})
		png, err := base64.StdEncoding.DecodeString(shot.Data)
		if err == nil {
			err = os.WriteFile(path+"."+scheme+".png", png, 0o644)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
}
