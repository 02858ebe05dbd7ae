package observe

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLines(t *testing.T) {
	for _, c := range []struct {
		name, format, level string
		do                  func(*Observer)
		want                []string
	}{
		{"an operation", "json", "", func(o *Observer) { o.Operation(background(), succeededOperation()) }, []string{
			`{"level":"INFO","msg":"operation","request_id":"r-1","caller":"key:team-a","type":"query","operation":"Overview","document":"0123456789ab","duration_ms":12.345,"census_calls":3,"cache_hits":7,"status":200}`,
		}},
		{"with errors, as text", "text", "warn", func(o *Observer) { o.Operation(background(), failedOperation()) }, []string{
			`level=WARN msg=operation request_id=r-1 caller=key:team-a type=query operation=Overview document=0123456789ab duration_ms=12.345 census_calls=3 cache_hits=7 status=200 codes="[UPSTREAM_TIMEOUT NOT_FOUND]"`,
		}},
		{"an empty operation", "json", "", func(o *Observer) { o.Operation(background(), Operation{Duration: time.Second}) }, []string{
			`{"level":"INFO","msg":"operation","type":"unknown","duration_ms":1000,"census_calls":0,"cache_hits":0}`,
		}},
		{"invalid names", "json", "", func(o *Observer) {
			o.Operation(background(), Operation{
				RequestID: "a\nb", Name: "Evil\n{\"x\":1} " + strings.Repeat("y", 200), Type: "DROP", Document: "query { }",
				Caller: "someone@example.com", Duration: time.Second, Codes: []string{"B A D!", "", "\x00"},
			})
		}, []string{
			`{"level":"WARN","msg":"operation","caller":"sha256:` + shortHash("someone@example.com") + `","type":"unknown","operation":"Evilx1` + strings.Repeat("y", 58) + `","duration_ms":1000,"census_calls":0,"cache_hits":0,"codes":["BAD","UNKNOWN","UNKNOWN"]}`,
		}},
		{"a refusal", "json", "", func(o *Observer) { o.Operation(background(), refusedOne()) }, []string{
			`{"level":"WARN","msg":"operation","request_id":"r-1","client":"192.0.2.1","app":"web","type":"unknown","duration_ms":1000,"census_calls":0,"cache_hits":0,"status":401,"codes":["UNAUTHENTICATED"],"refused":"key","setting":"GATEWAY_X","cause":"unknown key"}`,
		}},
		{"a refusal, as text", "text", "", func(o *Observer) { o.Operation(background(), refusedOne()) }, []string{
			`level=WARN msg=operation request_id=r-1 client=192.0.2.1 app=web type=unknown duration_ms=1000 census_calls=0 cache_hits=0 status=401 codes=[UNAUTHENTICATED] refused=key setting=GATEWAY_X cause="unknown key"`,
		}},
		{"a refusal before the operation", "text", "", func(o *Observer) { o.Refused(background(), refusedOne()) }, []string{
			`level=WARN msg=refused client=192.0.2.1 status=401 codes=[UNAUTHENTICATED] refused=key setting=GATEWAY_X cause="unknown key"`,
		}},
		{"an error of the client", "text", "", func(o *Observer) {
			o.Operation(background(), Operation{Duration: time.Second, Codes: []string{"BAD_USER_INPUT"}})
		}, []string{
			`level=INFO msg=operation type=unknown duration_ms=1000 census_calls=0 cache_hits=0 codes=[BAD_USER_INPUT]`,
		}},
		{"calls are for debugging", "json", "", func(o *Observer) { o.Call(background(), readRuns()) }, nil},
		{"a call", "json", "debug", func(o *Observer) { o.Call(background(), readRuns()) }, []string{
			`{"level":"DEBUG","msg":"census call","endpoint":"GET /syncs/{id}/sync_runs","outcome":"ok","status":200,"duration_ms":80,"tries":2}`,
		}},
		{"an operation below the level", "json", "warn", func(o *Observer) { o.Operation(background(), succeededOperation()) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var buf bytes.Buffer
			log, err := NewLogger(&buf, c.format, c.level, nil)
			if err != nil {
				t.Fatal(err)
			}
			c.do(New(Options{Logger: log}))
			Flush(log)
			if got := (observed{log: &buf}).lines(); !slices.Equal(got, c.want) {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// refusedOne returns a rejected operation.
func refusedOne() Operation {
	return Operation{RequestID: "r-1", Client: "192.0.2.1", App: "web", Duration: time.Second, Status: 401, Codes: []string{"UNAUTHENTICATED"},
		Refusal: Refusal{Reason: "key", Setting: "GATEWAY_X", Cause: errors.New("unknown key")}}
}

func TestLinesNameTheTrace(t *testing.T) {
	s := newObserved(t, "json", "debug")
	ctx, end := s.StartOperation(background())
	s.Call(ctx, readRuns())
	end(succeededOperation())
	id := s.spans.GetSpans()[0].SpanContext.TraceID().String()
	for _, line := range s.lines() {
		if !strings.Contains(line, `"trace_id":"`+id+`"`) {
			t.Errorf("%s does not name %s", line, id)
		}
	}
	if len(s.lines()) != 2 {
		t.Errorf("%d lines", len(s.lines()))
	}
}

func TestManyCodesAreCutShort(t *testing.T) {
	got := errorCodes(slices.Repeat([]string{"NOT_FOUND"}, 1000))
	if len(got) != maxCodes {
		t.Errorf("%d codes", len(got))
	}
}
