package transport_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

// A closing is a cause with a close code.
type closing int

func (c closing) Error() string  { return fmt.Sprintf("ended by %d", int(c)) }
func (c closing) CloseCode() int { return int(c) }

// tickServer returns a server whose subscription sends the ticks. drain ends its subscriptions.
func tickServer(ticks <-chan int32) (h http.Handler, drain func(code int)) {
	ctx, cancel := context.WithCancelCause(context.Background())
	last := func(r context.Context) (context.Context, func(), *gqlerror.Error) {
		lasting, end := context.WithCancelCause(r)
		stop := context.AfterFunc(ctx, func() { end(context.Cause(ctx)) })
		return lasting, func() { stop(); end(nil) }, nil
	}
	return newHandler(&testschema.Resolver{Ticks: ticks}, transport.Options{Last: last}), func(code int) { cancel(closing(code)) }
}

func ticks(n ...int32) <-chan int32 {
	c := make(chan int32, len(n))
	for _, tick := range n {
		c <- tick
	}
	close(c)
	return c
}

// Events are written in the format that the client names.
func TestFormsOfEvents(t *testing.T) {
	const sse, parts = "text/event-stream; charset=utf-8", `multipart/mixed; boundary="-"; subscriptionSpec=1.0`
	const first, second = "event: next\nid: 1\ndata: {\"data\":{\"ticks\":1}}\n\n", "event: next\nid: 2\ndata: {\"data\":{\"ticks\":2}}\n\n"
	part := func(text string) string {
		return "\r\n---\r\nContent-Type: application/json; charset=utf-8\r\n\r\n" + text
	}
	both := part("{}") + part(`{"payload":{"data":{"ticks":1}}}`) + part(`{"payload":{"data":{"ticks":2}}}`)
	for _, test := range []struct {
		accept, query string
		ticks         []int32
		drain         int
		contentType   string
		body          string
	}{
		{"text/event-stream", "subscription{ticks}", []int32{1, 2}, 0, sse, ":\n\n" + first + second + "event: complete\ndata: \n\n"},
		{"text/event-stream, multipart/mixed", "subscription{ticks}", []int32{1}, 0, sse, ":\n\n" + first + "event: complete\ndata: \n\n"},
		{"multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9", "subscription{ticks}", []int32{1, 2}, 0, parts, both + "\r\n-----\r\n"},
		{`multipart/mixed; subscriptionSpec="1.0", text/event-stream;q=0.5`, "subscription{ticks}", []int32{1, 2}, 0, parts, both + "\r\n-----\r\n"},
		{"text/event-stream", "subscription X{ticks}", []int32{1, -1}, 0, sse, ":\n\n" + first + "event: next\ndata: {\"errors\":[{\"message\":\"over\",\"extensions\":{\"code\":\"X\"}}]}\n\nevent: complete\ndata: \n\n"},
		// A stream that ends early does not send complete, so clients reconnect.
		{"text/event-stream", "subscription OVERLOADED{ticks}", []int32{1, -1}, 0, sse, ":\n\n" + first + ": 1013 over\n\n"},
		{"text/event-stream", "subscription{ticks}", nil, 1012, sse, ":\n\n: 1012 ended by 1012\n\n"},
		{"multipart/mixed;subscriptionSpec=1.0", "subscription{ticks}", nil, 4403, parts, part("{}") + part(`{"payload":null,"errors":[{"message":"ended by 4403","extensions":{"code":"UNAUTHENTICATED"}}]}`) + "\r\n-----\r\n"},
		// Other operations, and rejected requests.
		{"text/event-stream", "{hello}", nil, 0, sse, "event: next\ndata: {\"data\":{\"hello\":\"world\"}}\n\nevent: complete\ndata: \n\n"},
		{"application/json, text/event-stream, multipart/mixed", "{hello}", nil, 0, asJSON + "; charset=utf-8", `{"data":{"hello":"world"}}`},
		{"text/event-stream", "subscription{nothing}", nil, 0, sse, "event: next\ndata: {\"errors\":[{\"message\":\"Cannot query field \\\"nothing\\\" on type \\\"Subscription\\\".\",\"locations\":[{\"line\":1,\"column\":14}],\"extensions\":{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}}]}\n\nevent: complete\ndata: \n\n"},
	} {
		c := ticks(test.ticks...)
		if test.drain != 0 {
			c = make(chan int32)
		}
		h, drain := tickServer(c)
		srv := newServerOf(t, h)
		if test.drain != 0 {
			drain(test.drain)
		}
		r, _ := http.NewRequest("POST", srv.URL, strings.NewReader(bodyOf(test.query, nil)))
		r.Header.Set("Content-Type", asJSON)
		r.Header.Set("Accept", test.accept)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || resp.Header.Get("Content-Type") != test.contentType || string(body) != test.body {
			t.Errorf("%s as %s: %v %d %s\ngot  %q\nwant %q", test.query, test.accept, err, resp.StatusCode, resp.Header.Get("Content-Type"), body, test.body)
		}
	}
}

// An event is sent when it happens. A client that leaves ends its subscription.
func TestEventsAreSentAtOnce(t *testing.T) {
	c := make(chan int32)
	h, _ := tickServer(c)
	srv := newServerOf(t, h)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	r, _ := http.NewRequestWithContext(ctx, "GET", srv.URL+"?query=subscription%7Bticks%7D", nil)
	r.Header.Set("Accept", "text/event-stream")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for n := range int32(3) {
		c <- n
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") {
		}
		if want := fmt.Sprintf(`data: {"data":{"ticks":%d}}`, n); lines.Text() != want {
			t.Errorf("got %q, want %q", lines.Text(), want)
		}
	}
	leave() // goleak finds a subscription that goes on
}
