package observe

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Each try has a span by the conventions for HTTP clients. A retry is marked.
func TestSpansOfTries(t *testing.T) {
	type reply struct {
		resp *http.Response
		err  error
	}
	answer := func(status int, body io.Reader) reply {
		return reply{resp: &http.Response{StatusCode: status, Body: io.NopCloser(body)}}
	}
	common := map[string]string{"http.request.method": "GET", "server.address": "census.example", "server.port": "443",
		"url.full": "https://census.example/api/v1/syncs/52/sync_runs?page=1", "url.template": "/api/v1/syncs/{id}/sync_runs"}
	for _, c := range []struct {
		name  string
		reply reply
		code  codes.Code
		want  map[string]string
	}{
		{"good", answer(200, strings.NewReader("[]")), codes.Unset, map[string]string{"http.response.status_code": "200"}},
		{"throttled", answer(429, strings.NewReader("")), codes.Error, map[string]string{"http.response.status_code": "429", "error.type": "429"}},
		{"not found", answer(404, strings.NewReader("")), codes.Error, map[string]string{"http.response.status_code": "404", "error.type": "404"}},
		{"a broken body", answer(200, io.MultiReader(strings.NewReader("["), failing{io.ErrUnexpectedEOF})), codes.Error, map[string]string{"http.response.status_code": "200", "error.type": "*errors.errorString"}},
		{"too slow", reply{err: context.DeadlineExceeded}, codes.Error, map[string]string{"error.type": "timeout"}},
		{"the caller left", reply{err: context.Canceled}, codes.Error, map[string]string{"error.type": "canceled"}},
		{"no connection", reply{err: errors.New("secret " + canary)}, codes.Error, map[string]string{"error.type": "*errors.errorString"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newObserved(t, "json", "")
			replies := []reply{answer(503, strings.NewReader("")), c.reply}
			client := s.tracing.Outgoing(roundTripper(func(r *http.Request) (*http.Response, error) {
				next := replies[0]
				replies = replies[1:]
				return next.resp, next.err
			}))
			ctx, end := s.StartCall(background(), "GET /syncs/{id}/sync_runs")
			for range 2 {
				r, err := http.NewRequestWithContext(ctx, "GET", common["url.full"], nil)
				if err != nil {
					t.Fatal(err)
				}
				if resp, err := client.RoundTrip(r); err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			}
			end(Call{Outcome: "ok", Tries: 2})
			spans := s.spans.GetSpans()
			if len(spans) != 3 {
				t.Fatalf("%d spans", len(spans))
			}
			first, second, call := spans[0], spans[1], spans[2]
			if first.Parent.SpanID() != call.SpanContext.SpanID() || second.Parent.SpanID() != call.SpanContext.SpanID() {
				t.Error("the tries are not children of the call")
			}
			if _, resent := attributes(first)["http.request.resend_count"]; resent {
				t.Error("the first try has a resend count")
			}
			want := maps.Clone(common)
			maps.Copy(want, c.want)
			want["http.request.resend_count"] = "1"
			if got := attributes(second); !maps.Equal(got, want) || second.Status.Code != c.code || second.Name != "GET /api/v1/syncs/{id}/sync_runs" || second.SpanKind != trace.SpanKindClient {
				t.Errorf("%s, %v:\n got %v\nwant %v", second.Name, second.Status, got, want)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// The span of an operation has failed only if Census or the gateway did.
func TestSpansOfClientErrors(t *testing.T) {
	for _, c := range []struct {
		codes []string
		name  string
		code  codes.Code
		kind  string // error.type
	}{
		{nil, "query", codes.Unset, ""},
		{[]string{"BAD_USER_INPUT"}, "query", codes.Unset, ""},
		{[]string{"NOT_FOUND", "UPSTREAM_TIMEOUT"}, "query", codes.Error, "UPSTREAM_TIMEOUT"},
		{[]string{"UPSTREAM_TIMEOUT", "INTERNAL_SERVER_ERROR"}, "query", codes.Error, "INTERNAL_SERVER_ERROR"},
		{[]string{"GRAPHQL_PARSE_FAILED"}, "GraphQL Operation", codes.Unset, ""},
		{[]string{"CANCELED"}, "GraphQL Operation", codes.Unset, ""},
		{[]string{"OVERLOADED"}, "GraphQL Operation", codes.Error, "OVERLOADED"},
		{[]string{"SOMETHING_NEW"}, "query", codes.Error, "SOMETHING_NEW"},
	} {
		s := newObserved(t, "json", "")
		op := succeededOperation()
		if op.Codes = c.codes; c.name != "query" {
			op.Type = ""
		}
		s.Operation(background(), op)
		span := s.spans.GetSpans()[0]
		got := attributes(span)
		if span.Name != c.name || span.Status.Code != c.code || got["error.type"] != c.kind || span.SpanKind != trace.SpanKindServer {
			t.Errorf("%v: %s, %v, error.type %q", c.codes, span.Name, span.Status, got["error.type"])
		}
		if _, typed := got["graphql.operation.type"]; typed != (c.name == "query") {
			t.Errorf("%v: %v", c.codes, got)
		}
		for name := range got { // a reserved namespace
			if strings.HasPrefix(name, "graphql.") && name != "graphql.operation.type" && name != "graphql.operation.name" {
				t.Errorf("ours is called %s", name)
			}
		}
		warns := strings.Contains(strings.Join(s.lines(), ""), `"WARN"`)
		if warns != (c.code == codes.Error) {
			t.Errorf("%v: warns %t", c.codes, warns)
		}
	}
}

// Each process has its own id, unless the environment sets one.
func TestInstances(t *testing.T) {
	id := func() string {
		res, err := describe(background())
		if err != nil {
			t.Fatal(err)
		}
		v, _ := res.Set().Value("service.instance.id")
		return v.AsString()
	}
	if a, b := id(), id(); len(a) != 36 || a[14] != '4' || a == b {
		t.Errorf("ids %q, %q", a, b)
	}
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=pod-1")
	if got := id(); got != "pod-1" {
		t.Errorf("id %q", got)
	}
}
