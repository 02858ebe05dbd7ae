package e2e

import (
	"bytes"
	"compress/gzip"
	"net/url"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// Invalid bodies, some of which a lenient server might accept.
func TestBodies(t *testing.T) {
	t.Parallel()
	const good = `{"query":"{sync(id:52){label}}"}`
	utf16 := func(s string) string {
		out := "\xff\xfe"
		for _, c := range s {
			out += string([]byte{byte(c), 0})
		}
		return out
	}
	deep := func(open, shut string, n int) string {
		return `{"query":"{sync(id:52){label}}","variables":{"a":` + strings.Repeat(open, n) + "1" + strings.Repeat(shut, n) + "}}"
	}
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings()...)
	for _, b := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"empty", "", 400, badRequest},
		{"null", "null", 400, badRequest},
		{"text", "query", 400, badRequest},
		{"truncated", good[:len(good)-2], 400, badRequest},
		{"no query", "{}", 400, badRequest},
		{"a query that is a number", `{"query":1}`, 400, badRequest},
		{"variables that are a list", `{"query":"{sync(id:52){label}}","variables":[]}`, 400, badRequest},
		{"invalid UTF-8", "{\"query\":\"{sync(id:\\\"\xff\\\"){label}}\"}", 400, badRequest},
		{"a surrogate in UTF-8", "{\"query\":\"{sync(id:\\\"\xed\xa0\x80\\\"){label}}\"}", 400, badRequest},
		{"a lone surrogate in the document", `{"query":"{sync(id:52){label}}\ud800"}`, 400, badRequest},
		{"a lone surrogate in a literal", `{"query":"{sync(id:\"\\ud83d\"){label}}"}`, 400, parseFailed},
		{"a lone surrogate in an id", `{"query":"query($i:ID!){sync(id:$i){label}}","variables":{"i":"\ud800"}}`, 400, badRequest},
		{"NUL", "{\"query\":\"{sync(id:52){label}}\x00\"}", 400, badRequest},
		{"NUL before", "\x00" + good, 400, badRequest},
		{"NUL, escaped", `{"query":"{sync(id:52){label}}\u0000"}`, 400, parseFailed},
		{"a byte order mark", "\xef\xbb\xbf" + good, 400, badRequest},
		{"UTF-16", utf16(good), 400, badRequest},
		{"query twice", `{"query":"{sync(id:52){label}}","query":"{sync(id:52){id}}"}`, 400, badRequest},
		{"query twice, once escaped", `{"query":"{sync(id:52){label}}","qu\u0065ry":"{sync(id:52){id}}"}`, 400, badRequest},
		{"a second request after it", good + good, 400, badRequest},
		{"text after it", good + "x", 400, badRequest},
		{"a batch of 50", "[" + strings.Repeat(good+",", 49) + good + "]", 400, badRequest},
		{"an empty batch", "[]", 400, badRequest},
		{"lists, 100,000 deep", deep("[", "]", 100_000), 400, badRequest},
		{"objects, 40,000 deep", deep(`{"a":`, "}", 40_000), 400, badRequest},
		{"lists that never end", `{"query":"{sync(id:52){label}}","variables":` + strings.Repeat("[", 250_000), 400, badRequest},
		{"a variable of 300 KB", body("query($i:ID!){sync(id:$i){label}}", map[string]any{"i": strings.Repeat("1", 300_000)}), 413, tooLarge},
		{"a variable of 200 KB", body("query($i:ID!){sync(id:$i){label}}", map[string]any{"i": strings.Repeat("1", 200_000)}), 200, badInput},
		{"10 MB", body("{sync(id:52){label}}"+strings.Repeat(" ", 10<<20), nil), 413, tooLarge},
		{"a document of 100 KB", body("{sync(id:52){label}}"+strings.Repeat(" ", 100_000), nil), 413, tooLarge},
		{"a wrong operationName", `{"query":"query A{sync(id:52){label}}","operationName":"B"}`, 400, invalid},
		{"a name of 100,000 characters", `{"query":"query A{sync(id:52){label}}","operationName":"` + strings.Repeat("B", 100_000) + `"}`, 400, invalid},
		{"extensions of the wrong type", `{"query":"{sync(id:52){label}}","extensions":{"persistedQuery":7}}`, 400, badRequest},
	} {
		a := g.post(t, b.body)
		if a.status != b.status || a.code() != b.code {
			t.Errorf("%s: got %d %s, want %d %s: %.300s", b.name, a.status, a.code(), b.status, b.code, a.body)
		}
		c.expectNoRequests(t)
	}
	for name, b := range map[string]string{
		"variables null": `{"query":"{sync(id:52){label}}","variables":null,"operationName":null}`,
		"unknown names":  `{"query":"{sync(id:52){label}}","x":1,"x":2}`,
		"white space":    " \r\n\t" + good + "\n",
		"escapes":        `{"\u0071uery":"\u007bsync(id:52)\u007blabel}}"}`,
	} {
		if a := g.post(t, b); a.code() != "" || a.status != 200 {
			t.Errorf("%s: %d %.300s", name, a.status, a.body)
		}
	}
}

// Bodies with a wrong Content-Type or encoding, and requests with other parts that are too large.
func TestEnvelopes(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings()...)
	good := body("{sync(id:52){label}}", nil)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(good))
	z.Close()
	for _, e := range []struct {
		name, body string
		headers    []string
		status     int
		code       string
	}{
		{"gzip", packed.String(), []string{"Content-Encoding", "gzip"}, 415, badRequest},
		{"not gzip", good, []string{"Content-Encoding", "gzip"}, 415, badRequest},
		{"br", good, []string{"Content-Encoding", "br"}, 415, badRequest},
		{"UTF-16 by name", good, []string{"Content-Type", "application/json; charset=utf-16"}, 415, badRequest},
		{"application/graphql", "{sync(id:52){label}}", []string{"Content-Type", "application/graphql"}, 415, badRequest},
		{"XML", "<a/>", []string{"Content-Type", "application/xml"}, 415, badRequest},
		{"odd type", good, []string{"Content-Type", "application/json;;;=\""}, 415, badRequest},
		{"a long type", good, []string{"Content-Type", "application/json;a=" + strings.Repeat("x", 9000)}, 200, ""},
		{"accepts HTML only", good, []string{"Accept", "text/html"}, 406, badRequest},
		{"accepts nonsense", good, []string{"Accept", strings.Repeat(";q=,", 1000)}, 406, badRequest},
	} {
		a := g.post(t, e.body, e.headers...)
		if a.status != e.status || a.code() != e.code {
			t.Errorf("%s: got %d %s, want %d %s: %.300s", e.name, a.status, a.code(), e.status, e.code, a.body)
		}
		if e.code == "" {
			c.takeRequests()
		}
		c.expectNoRequests(t)
	}
	if a := g.post(t, good, "X-Huge", strings.Repeat("x", 64<<10)); a.status != 431 {
		t.Errorf("a header of 64 KiB: %d", a.status)
	}
	if a := g.do(t, "GET", "/graphql?query="+url.QueryEscape("{sync(id:52){label}}")+strings.Repeat("&a=b", 20_000), ""); a.status != 431 && a.status != 414 {
		t.Errorf("a URL of 80 KB: %d", a.status)
	}
	for _, query := range []string{"%", "query=%zz", "query=a&query=b", "query=%ff", "variables={}", "query={sync(id:52){label}}&variables=[]", "query={a;b}"} {
		if a := g.do(t, "GET", "/graphql?"+query, ""); a.status < 400 || a.code() == "" {
			t.Errorf("GET ?%s: %d %.200s", query, a.status, a.body)
		}
		c.expectNoRequests(t)
	}
}
