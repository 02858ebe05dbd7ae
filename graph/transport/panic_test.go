package transport_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

// A panicLog records the calls of OnPanic.
type panicLog struct {
	mu   sync.Mutex
	told []string
}

func (l *panicLog) add(_ context.Context, value any, stack []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, _ := value.(string)
	l.told = append(l.told, text+"\n"+string(stack))
}

func (l *panicLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	told := l.told
	l.told = nil
	return told
}

func TestPanicInField(t *testing.T) {
	log := &panicLog{}
	srv := newServer(t, &testschema.Resolver{}, transport.Options{OnPanic: log.add})
	a := ask(t, srv.URL, "{boom hello}")
	if string(a.data) != `{"boom":null,"hello":"world"}` || a.errors[0].Message != "internal server error" {
		t.Error(a.body)
	}
	if told := log.take(); len(told) != 1 || !strings.Contains(told[0], "boom: secret detail") || !strings.Contains(told[0], "testschema.queryResolver.Boom") {
		t.Errorf("told %q", told)
	}
}

func TestPanicInExecution(t *testing.T) {
	log := &panicLog{}
	h := newHandler(&testschema.Resolver{}, transport.Options{OnPanic: log.add})
	h.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		switch graphql.GetOperationContext(ctx).Operation.Name {
		case "Operation":
			panic("secret operation")
		case "Response":
			return func(context.Context) *graphql.Response { panic("secret response") }
		}
		return next(ctx)
	})
	srv := serve(t, h)
	for _, query := range []string{"query Operation{hello}", "query Response{hello}", "query Operation{item{... @defer{slow}}}"} {
		for _, accept := range []string{asJSON, asGraphQL, apolloAccept} {
			a := post(t, srv, accept, bodyOf(query, nil))
			if a.status != 500 || a.code() != "INTERNAL_SERVER_ERROR" || a.data != nil || strings.Contains(a.body, "secret") {
				t.Errorf("%s as %s: %d %s", query, accept, a.status, a.body)
			}
			if told := log.take(); len(told) == 0 || !strings.Contains(told[0], "secret") {
				t.Errorf("%s: told %q", query, told)
			}
		}
	}
	if a := ask(t, srv, "{hello}"); a.status != 200 {
		t.Errorf("afterwards: %d %s", a.status, a.body)
	}
}

// The context of the operation has ended before it begins.
func TestTimeUp(t *testing.T) {
	h := newHandler(&testschema.Resolver{}, transport.Options{})
	srv := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithDeadline(r.Context(), time.Now().Add(-time.Second))
		defer cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
	}))
	for _, query := range []string{"{hello}", "{item{... @defer{slow}}}"} {
		a := post(t, srv, apolloAccept, bodyOf(query, nil))
		if a.status != 504 || a.code() != "UPSTREAM_TIMEOUT" || a.data != nil {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
}
