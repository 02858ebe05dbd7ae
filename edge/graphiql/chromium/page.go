package chromium

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// Open loads a page. It does not wait for what the page draws.
func (b *Browser) Open(url string) {
	b.t.Helper()
	b.get(nil, b.page, "Page.navigate", map[string]any{"url": url})
}

// Reload loads the page anew.
func (b *Browser) Reload() {
	b.t.Helper()
	b.get(nil, b.page, "Page.reload", nil)
}

// Eval runs an expression in the page, with text(selector) at hand: what a
// reader sees there.
func (b *Browser) Eval(expression string) (json.RawMessage, error) {
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

// Do runs an expression in the page for its effect.
func (b *Browser) Do(expression string) {
	b.t.Helper()
	if _, err := b.Eval(expression); err != nil {
		b.t.Fatal(err)
	}
}

// Until waits for a condition. While a page is loading, Eval fails, so an error means "not yet".
func (b *Browser) Until(what, condition string) {
	b.t.Helper()
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		var seen json.RawMessage
		if seen, err = b.Eval("Boolean(" + condition + ")"); string(seen) == "true" {
			return
		}
	}
	shown, _ := b.Eval("document.body.innerText")
	b.t.Fatalf("not seen: %s (%v)\nconsole: %s\npage: %s", what, err, strings.Join(b.Errors(), "\n"), shown)
}

// Click clicks the first element that selector matches, once it exists.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.Until(selector+" to click", "document.querySelector(`"+selector+"`)")
	b.Do("document.querySelector(`" + selector + "`).click()")
}

// Write replaces the content of the editor in selector, by keyboard input.
func (b *Browser) Write(selector, content string) {
	b.t.Helper()
	field := "document.querySelector(`" + selector + " textarea`)"
	b.Until(selector+" to write to", field)
	b.Do(field + ".focus()")
	b.get(nil, b.page, "Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": "a", "code": "KeyA",
		"windowsVirtualKeyCode": 65, "modifiers": 2, "commands": []string{"selectAll"}})
	b.get(nil, b.page, "Input.insertText", map[string]any{"text": content})
}

// Fill writes into the input that selector matches, by keyboard input.
func (b *Browser) Fill(selector, content string) {
	b.t.Helper()
	field := "document.querySelector(`" + selector + "`)"
	b.Until(selector+" to fill", field)
	b.Do(field + ".select()")
	b.get(nil, b.page, "Input.insertText", map[string]any{"text": content})
}

// Show sets the size of the window in CSS pixels, and the theme of the system: "light" or "dark".
func (b *Browser) Show(width, height int, theme string) {
	b.t.Helper()
	b.get(nil, b.page, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false})
	b.get(nil, b.page, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": theme}}})
}

// Screenshot saves a picture of the page as PNG.
func (b *Browser) Screenshot(path string) {
	b.t.Helper()
	var shot struct{ Data string }
	b.get(&shot, b.page, "Page.captureScreenshot", map[string]any{"format": "png"})
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
