package transport_test

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

const apolloAccept = "multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9"

// A partsReader reads the parts of a deferred answer as they arrive.
type partsReader struct {
	t    *testing.T
	resp *http.Response
	mr   *multipart.Reader
}

func openStream(t *testing.T, ctx context.Context, url, query string) *partsReader {
	t.Helper()
	return openStreamAs(t, ctx, url, query, apolloAccept, "deferspec", "20220824")
}

// openStreamAs accepts parts in the form named by a parameter of the media type.
func openStreamAs(t *testing.T, ctx context.Context, url, query, accept, name, value string) *partsReader {
	t.Helper()
	req, _ := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader(bodyOf(query, nil)))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	media, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || media != "multipart/mixed" || params[name] != value {
		body, _ := io.ReadAll(resp.Body)
		t.Fatalf("not multipart: %v\n%s", resp.Header, body)
	}
	return &partsReader{t, resp, multipart.NewReader(resp.Body, params["boundary"])}
}

// next returns the JSON of the next part, or "" at the closing delimiter.
func (s *partsReader) next() string {
	s.t.Helper()
	part, err := s.mr.NextRawPart()
	if err == io.EOF {
		return ""
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if got := part.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		s.t.Errorf("Content-Type of a part is %q", got)
	}
	text, err := io.ReadAll(part)
	if err != nil || !json.Valid(text) {
		s.t.Fatalf("%v: %s", err, text)
	}
	return string(text)
}

func (s *partsReader) want(parts ...string) {
	s.t.Helper()
	for i, want := range parts {
		if got := s.next(); got != want {
			s.t.Errorf("part %d\ngot  %s\nwant %s", i, got, want)
		}
	}
}

// A gate blocks slow fields until their id is released.
type gate struct{ open map[string]chan struct{} }

func newGate(ids ...string) *gate {
	g := &gate{make(map[string]chan struct{})}
	for _, id := range ids {
		g.open[id] = make(chan struct{})
	}
	return g
}

func (g *gate) wait(ctx context.Context, id string) error {
	ch, ok := g.open[id]
	if !ok {
		return nil
	}
	select {
	case <-ch:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestDeferInParts(t *testing.T) {
	g := newGate("0", "1")
	srv := newServer(t, &testschema.Resolver{Slow: g.wait}, transport.Options{})
	s := openStream(t, t.Context(), srv.URL, `{hello items(n:2){id ... @defer(label:"late"){slow}}}`)
	s.want(`{"data":{"hello":"world","items":[{"id":"0"},{"id":"1"}]},"hasNext":true}`)
	close(g.open["1"])
	s.want(`{"incremental":[{"data":{"slow":"slow 1"},"path":["items",1],"label":"late"}],"hasNext":true}`)
	close(g.open["0"])
	s.want(`{"incremental":[{"data":{"slow":"slow 0"},"path":["items",0],"label":"late"}],"hasNext":false}`, "")
}

func TestDeferKeepsTrueNulls(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	s := openStream(t, t.Context(), srv.URL, `{item{id ... @defer{name slow}}}`)
	s.want(`{"data":{"item":{"id":"0"}},"hasNext":true}`,
		`{"incremental":[{"data":{"name":null,"slow":"slow 0"},"path":["item"]}],"hasNext":false}`, "")
}

// The limit is two short errors for each part. One part reaches it, another exceeds it by one.
func TestDeferredErrorsAreBounded(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{MaxErrorBytes: 300})
	for query, omitted := range map[string]string{
		"{a:broken b:broken          item{id ...@defer{d:slowBroken e:slowBroken}}}":              "",
		"{a:broken b:broken c:broken item{id ...@defer{d:slowBroken e:slowBroken f:slowBroken}}}": `,"extensions":{"errorsOmitted":1}`,
	} {
		s := openStream(t, t.Context(), srv.URL, query)
		for _, end := range []string{`"item":{"id":"0"}}` + omitted + `,"hasNext":true}`, `"path":["item"]` + omitted + `}],"hasNext":false}`} {
			if part := s.next(); strings.Count(part, `"message"`) != 2 || !strings.HasSuffix(part, end) {
				t.Errorf("%s\ngot  %s\nwant two errors and …%s", query, part, end)
			}
		}
	}
}

// An inner part may be ready before its outer one. It arrives with it or after it, never before.
func TestDeferredObject(t *testing.T) {
	g := newGate("0")
	srv := newServer(t, &testschema.Resolver{Slow: g.wait}, transport.Options{})
	s := openStream(t, t.Context(), srv.URL,
		`{item{id ...Late @defer(label:"outer")}} fragment Late on Item{slow parent{id parent{id} ... @defer(label:"inner"){slow}}}`)
	s.want(`{"data":{"item":{"id":"0"}},"hasNext":true}`)
	close(g.open["0"])
	const outer = `{"data":{"slow":"slow 0","parent":{"id":"p","parent":null}},"path":["item"],"label":"outer"}`
	const inner = `{"data":{"slow":"slow p"},"path":["item","parent"],"label":"inner"}`
	switch part := s.next(); part {
	case `{"incremental":[` + outer + `,` + inner + `],"hasNext":false}`:
	case `{"incremental":[` + outer + `],"hasNext":true}`:
		s.want(`{"incremental":[` + inner + `],"hasNext":false}`)
	default:
		t.Errorf("got %s", part)
	}
	s.want("")
}

func TestDeferredError(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	s := openStream(t, t.Context(), srv.URL, `{item{id ... @defer{slowBroken}}}`)
	s.want(`{"data":{"item":{"id":"0"}},"hasNext":true}`)
	last := s.next()
	for _, part := range []string{`"data":null`, `"path":["item"]`, `"message":"it is broken"`, `"code":"INTERNAL_SERVER_ERROR"`, `"hasNext":false}`} {
		if !strings.Contains(last, part) {
			t.Errorf("no %s in %s", part, last)
		}
	}
	s.want("")
}

func TestDeferOnAbstractTypes(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	tests := map[string]string{
		`{node{__typename id ... on Item @defer{slow} ... on Other @defer{slow}}}`: `{"node":{"__typename":"Item","id":"0"}}`,
		`{node{id ... on Item @defer{slow} ... on Other {slow}}}`:                  `{"node":{"id":"0"}}`,
		`{node{id ... on Item @defer{slow}}}`:                                      `{"node":{"id":"0"}}`,
		`{node{id ... on Item{name} ... on Item @defer{slow}}}`:                    `{"node":{"id":"0","name":null}}`,
	}
	for query, data := range tests {
		s := openStream(t, t.Context(), srv.URL, query)
		s.want(`{"data":`+data+`,"hasNext":true}`,
			`{"incremental":[{"data":{"slow":"slow 0"},"path":["node"]}],"hasNext":false}`, "")
	}
}

// Many clients request whole answers at once. One request must not change the shared document of
// another.
func TestDeferIgnored(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	const query = `query Q($late:Boolean=true){...Root items(n:2){id ...Late @defer(if:$late,label:"a")} ... @defer{hello}}
		fragment Late on Item{slow ... on Item @defer{parent{id ... @defer{slow}}}}
		fragment Root on Query{item{... @defer{slow}}}`
	const whole = `{"item":{"slow":"slow 0"},"items":[` +
		`{"id":"0","slow":"slow 0","parent":{"id":"p","slow":"slow p"}},` +
		`{"id":"1","slow":"slow 1","parent":{"id":"p","slow":"slow p"}}],"hello":"world"}`
	done := make(chan string)
	for i := range 20 {
		go func() {
			accept := []string{asJSON, asGraphQL, "", "multipart/mixed;deferSpec=other,*/*", apolloAccept}[i%5]
			req, _ := http.NewRequest("POST", srv.URL, strings.NewReader(bodyOf(query, nil)))
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Accept", accept)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				done <- err.Error()
				return
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			if accept == apolloAccept {
				if !strings.HasSuffix(string(body), `"hasNext":false}`+"\r\n-----\r\n") || strings.Count(string(body), `"slow p"`) != 2 {
					done <- string(body)
					return
				}
				body = []byte(`{"data":` + whole + `}`)
			}
			done <- string(body)
		}()
	}
	for range 20 {
		if got := <-done; got != `{"data":`+whole+`}` {
			t.Errorf("got %s", got)
		}
	}
}

func TestNothingDeferred(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	for query, want := range map[string]string{
		`{item{... @defer(if:false){slow}}}`:                             `{"data":{"item":{"slow":"slow 0"}}}`,
		`mutation{touch(filter:{ids:["1"]}){id ... @defer{slow}}}`:       `{"data":{"touch":{"id":"1","slow":"slow 1"}}}`,
		`{items(n:0){id ... @defer{slow}}}`:                              `{"data":{"items":[]}}`,
		`{item{id}} fragment F on Item{... @defer{slow}} query Q{hello}`: "",
	} {
		a := post(t, srv.URL, apolloAccept, bodyOf(query, nil))
		if want != "" && (a.body != want || !strings.HasPrefix(a.header.Get("Content-Type"), asGraphQL)) {
			t.Errorf("%s\ngot %s %v", query, a.body, a.header)
		}
		if want == "" && a.status != 400 {
			t.Errorf("%s: %d", query, a.status)
		}
	}
}

// TestDeferByIDs requests the newer form, which announces parts and refers to them by ids.
func TestDeferByIDs(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	for query, want := range map[string][]string{
		`{item{id ... @defer(label:"a"){slow parent{id ... @defer{slow}}}}}`: {
			`{"data":{"item":{"id":"0"}},"pending":[{"id":"0","path":["item"],"label":"a"}],"hasNext":true}`,
			`{"pending":[{"id":"1","path":["item","parent"]}],"incremental":[{"data":{"slow":"slow 0","parent":{"id":"p"}},"id":"0"}],"completed":[{"id":"0"}],"hasNext":true}`,
			`{"incremental":[{"data":{"slow":"slow p"},"id":"1"}],"completed":[{"id":"1"}],"hasNext":false}`, ""},
		`{... @defer{hello}}`: {
			`{"data":{},"pending":[{"id":"0","path":[]}],"hasNext":true}`,
			`{"incremental":[{"data":{"hello":"world"},"id":"0"}],"completed":[{"id":"0"}],"hasNext":false}`, ""},
		`{item{... @defer{slowBroken}}}`: { // a failed non-null field: the object is answered without the part
			`{"data":{"item":{}},"pending":[{"id":"0","path":["item"]}],"hasNext":true}`,
			`{"completed":[{"id":"0","errors":[{"message":"it is broken","path":["item","slowBroken"],"locations":[{"line":1,"column":18}],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}],"hasNext":false}`, ""},
		`{item{... @defer{slow} ... @defer(label:"b"){slow id}}}`: { // selected twice, so not deferred
			`{"data":{"item":{"slow":"slow 0"}},"pending":[{"id":"0","path":["item"],"label":"b"}],"hasNext":true}`,
			`{"incremental":[{"data":{"id":"0"},"id":"0"}],"completed":[{"id":"0"}],"hasNext":false}`, ""},
	} {
		s := openStreamAs(t, t.Context(), srv.URL, query, "multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9", "incrementalspec", "v0.2")
		s.want(want...)
	}
}
