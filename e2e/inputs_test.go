package e2e

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// An invalid id is rejected before Census is called, wherever an id is accepted. No part of it
// becomes a path at Census.
func TestForgedIDs(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings()...)
	fields := map[string]string{
		"sync":    "query($id:ID!){sync(id:$id){label}}",
		"syncRun": "query($id:ID!){syncRun(id:$id){status}}",
		"node":    "query($id:ID!){node(id:$id){id}}",
		"nodes":   "query($id:ID!){nodes(ids:[$id]){id}}",
		"syncs":   "query($id:ID!){syncs(ids:[$id]){nodes{label}}}",
	}
	for _, id := range []string{
		"", " ", "0", "-1", "+1", "00", "052", "1.0", "1.5", "1e3", "1E3", "0x34", "0b1", "1_000", "NaN", "Infinity", "null", "true",
		" 52", "52 ", "52\t", "52\n", "5 2", "52\r\nX-Evil: 1", "52\x00", "\ufeff52",
		"../workspace", "52/../53", "52/trigger", "/52", "52/", "./52", "..", "%2e%2e", "52%2ftrigger", "52%00", "%35%32", "52?per_page=1", "52#top", "52;x=1", "52&a=b", "5%0d%0a2",
		"５２", "٥٢", "52\u200b", "5²", "Ⅴ",
		"9223372036854775808", "18446744073709551617", "999999999999999999999999999999", strings.Repeat("9", 10_000),
		strings.Repeat("x", 10_000), "Sync:", "Sync:0", "Sync:-1", "Sync:52:53", "Sync: 52", "sync:52", "SYNC:52", ":52", "Workspace:52", "Sync:52/trigger", "SyncRun:", "Query:1",
		"' OR 1=1 --", "{\"$gt\":0}", "<script>alert(1)</script>", "http://census.test/52", "//census.test/52", "\\\\census\\52",
	} {
		for field, query := range fields {
			a := g.query(t, query, map[string]any{"id": id})
			if a.status != 200 || len(a.Errors) != 1 || a.code() != badInput {
				t.Errorf("%s of %.40q: %d %.300s", field, id, a.status, a.body)
			}
			c.expectNoRequests(t)
		}
	}
	// An id of one type is invalid for another.
	g.query(t, `{sync(id:"SyncRun:52"){label}}`, nil).refusedAt(t, "sync", badInput)
	g.query(t, `{syncRun(id:"Sync:52"){status}}`, nil).refusedAt(t, "syncRun", badInput)
	c.expectNoRequests(t)
	// A valid id leads to exactly one path at Census.
	for id, path := range map[string]string{"52": "/syncs/52", "Sync:53": "/syncs/53", "9223372036854775807": "/syncs/9223372036854775807"} {
		g.query(t, fields["sync"], map[string]any{"id": id})
		if requests := c.takeRequests(); len(requests) != 1 || requests[0] != "GET /api/v1"+path {
			t.Errorf("%s: requests %q", id, requests)
		}
	}
}

// refusedAt checks that a has exactly one error, at the field and with the code.
func (a answer) refusedAt(t testing.TB, field, code string) {
	t.Helper()
	if len(a.Errors) != 1 || a.code() != code || len(a.Errors[0].Path) == 0 || a.Errors[0].Path[0] != field {
		t.Errorf("want %s at %s: %d %.300s", code, field, a.status, a.body)
	}
}

// Numbers outside the range of a page, and lists that are too long.
func TestForgedNumbers(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings()...)
	for _, args := range []string{
		"first:-1", "last:-1", "first:1001", "last:1001", "first:2147483647", "first:2147483648", "first:1000000000000000000",
		"first:-9223372036854775808", "first:1.5", "first:1e3", `first:"1"`, "first:true", "first:[1]", "first:{a:1}", "first:1,last:1", "first:0,last:0",
		"first:" + strings.Repeat("9", 30), "first:1,orderBy:{field:ID}", "first:1,orderBy:{direction:UP}", "first:1,orderBy:null,offset:1",
	} {
		for _, query := range []string{"{sync(id:52){runs(" + args + "){totalCount}}}", "{syncs(" + args + "){totalCount}}"} {
			a := g.query(t, query, nil)
			if code := a.code(); code != badInput && code != invalid && code != tooExpensive || len(a.Errors) > 2 {
				t.Errorf("%s: %d %.300s", query, a.status, a.body)
			}
			c.expectNoRequests(t)
		}
	}
	for _, n := range []string{"-1", "2147483648", "1e18", "1000000000000000000", "1.5", "true", "[1]", "1e999999999", "-0.5", "123456789012345678901234567890"} {
		a := g.post(t, `{"query":"query($n:Int){sync(id:52){runs(first:$n){totalCount}}}","variables":{"n":`+n+`}}`)
		if code := a.code(); code != badInput && code != tooExpensive {
			t.Errorf("$n = %s: %d %.300s", n, a.status, a.body)
		}
		c.expectNoRequests(t)
	}
	// An id that is a number of thirty digits, unquoted.
	if a := g.query(t, "{sync(id:123456789012345678901234567890){label}}", nil); a.code() != badInput && a.code() != invalid {
		t.Errorf("unquoted id: %d %.300s", a.status, a.body)
	}
	if a := g.post(t, `{"query":"query($i:ID!){sync(id:$i){label}}","variables":{"i":123456789012345678901234567890}}`); a.code() != badInput {
		t.Errorf("unquoted id in a variable: %d %.300s", a.status, a.body)
	}
	c.expectNoRequests(t)

	ids, err := json.Marshal(strings.Fields(repeat(10_000, "%d ")))
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"query($i:[ID!]!){nodes(ids:$i){id}}", "query($i:[ID!]!){syncs(ids:$i){nodes{label}}}"} {
		a := g.post(t, `{"query":"`+query+`","variables":{"i":`+string(ids)+`}}`)
		if code := a.code(); code != badInput && code != tooExpensive {
			t.Errorf("10,000 ids: %d %.300s", a.status, a.body)
		}
	}
	g.query(t, "{syncs(ids:["+repeat(1990, "1 ")+"]){nodes{id}}}", nil).check(t)
	c.expectNoRequests(t)
}

// Cursors that the gateway did not issue, or issued for another list.
func TestForgedCursors(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings()...)
	cursor := func(query string) string {
		a := g.query(t, query, nil)
		a.answered(t)
		_, rest, _ := strings.Cut(a.body, `"endCursor":"`)
		text, _, _ := strings.Cut(rest, `"`)
		if text == "" {
			t.Fatalf("no cursor: %s", a.body)
		}
		return text
	}
	good := cursor("{sync(id:52){runs(first:3){pageInfo{endCursor}}}}")
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), raw...)
	flipped[len(flipped)/2] ^= 1
	later := append([]byte{raw[0] + 1}, raw[1:]...)
	pack := base64.RawURLEncoding.EncodeToString
	const query = "query($c:String){sync(id:52){runs(first:3,%s:$c){nodes{id}}}}"
	for name, forged := range map[string]string{
		"empty":                "",
		"garbage":              "garbage!",
		"a flipped bit":        pack(flipped),
		"another version":      pack(later),
		"cut":                  good[:len(good)-2],
		"with more after it":   good + "AA",
		"padded":               good + "=",
		"-1":                   pack([]byte("-1")),
		"2^63":                 pack([]byte("9223372036854775808")),
		"without the checksum": pack(raw[:len(raw)-4]),
		"NUL":                  good + "\x00",
		"huge":                 strings.Repeat("A", 100_000),
		"of another sync":      cursor("{sync(id:51){runs(first:3){pageInfo{endCursor}}}}"),
		"of another order":     cursor("{sync(id:52){runs(first:3,orderBy:{direction:ASC}){pageInfo{endCursor}}}}"),
		"of the syncs":         cursor("{syncs(first:3){pageInfo{endCursor}}}"),
		"Relay's own form":     base64.StdEncoding.EncodeToString([]byte("arrayconnection:3")),
	} {
		for _, arg := range []string{"after", "before"} {
			c.takeRequests()
			a := g.query(t, strings.Replace(query, "%s", arg, 1), map[string]any{"c": forged})
			if a.status != 200 || a.code() != badInput {
				t.Errorf("%s, %s: %d %.300s", arg, name, a.status, a.body)
			}
			c.expectNoRequests(t)
		}
	}
	g.query(t, strings.Replace(query, "%s", "after", 1), map[string]any{"c": good}).answered(t)
}
