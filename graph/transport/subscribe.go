package transport

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"census-gateway/internal/errcodes"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	beatEvery = 12 * time.Second // proxies close connections that are silent for 30 or 60 s
	writeFor  = 30 * time.Second // time limit for a client that does not read
)

// Reasons to end a stream early, as WebSocket close codes.
const (
	CloseRestart   = 1012 // the gateway stops, or the stream reached its maximum age: connect again
	CloseSlow      = 1013 // the client did not read its events: subscribe again with `after`
	CloseForbidden = 4403 // the credentials have expired
)

// A Closing is a cause for the gateway to end a stream.
type Closing interface {
	error
	CloseCode() int
}

// A lasts is a format of events.
type lasts uint8

const (
	lastsNot lasts = iota
	lastsEvents
	lastsMultipart
)

// A stream writes the events of a subscription. Nothing may follow complete or close.
type stream interface {
	begin(id string) error // sends the cursor before the first event
	event(id string, resp *graphql.Response) error
	beat() error
	complete() error
	close(code int, why string) error
}

func start(w http.ResponseWriter, form lasts) stream {
	if form == lastsMultipart {
		return startMessages(w)
	}
	return startEvents(w)
}

type eventIDKey struct{}

// SetEventID sets the id of the event being answered under ctx. Server-sent events carry it.
func SetEventID(ctx context.Context, id string) {
	if to, ok := ctx.Value(eventIDKey{}).(*string); ok {
		*to = id
	}
}

// subscribe answers a subscription and writes its events as they happen.
func (o Options) subscribe(ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, takes accepted, op *graphql.OperationContext) {
	if takes.lasts == lastsNot {
		refuse(w, r, takes.plain, &fault{status: http.StatusNotAcceptable, code: errcodes.BadRequest,
			message: "a subscription needs Accept: text/event-stream or multipart/mixed;subscriptionSpec=1.0, or a WebSocket"})
		return
	}
	ctx, end, refusal := o.last(ctx)
	defer end()
	if refusal != nil {
		o.write(ctx, w, takes.plain, &graphql.Response{Errors: gqlerror.List{refusal}})
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Time{}) // best effort; a pending read detects that the client left
	s := &sending{stream: start(w, takes.lasts), control: control, gone: cancel}
	s.send(s.stream.beat)
	defer s.over()
	var id string
	ctx = context.WithValue(ctx, eventIDKey{}, &id)
	respond, ctx := exec.DispatchOperation(ctx, op)
	if id != "" {
		s.send(func() error { return s.stream.begin(id) })
	}
	for {
		id = ""
		resp := o.respond(ctx, respond)
		if resp == nil {
			if closing, ok := errors.AsType[Closing](context.Cause(ctx)); ok {
				s.send(func() error { return s.stream.close(closing.CloseCode(), closing.Error()) })
			} else if ctx.Err() == nil {
				s.send(s.stream.complete)
			}
			return
		}
		out := presented(resp, o.maxErrorBytes())
		if out.Data == nil && len(out.Errors) > 0 && code(out.Errors[0]) == errcodes.Overloaded {
			s.send(func() error { return s.stream.close(CloseSlow, out.Errors[0].Message) })
			return
		}
		s.send(func() error { return s.stream.event(id, out) })
		if out.Data == nil {
			s.send(s.stream.complete)
			return
		}
		if o.Release != nil {
			o.Release(out.Data)
		}
	}
}

func (o Options) last(ctx context.Context) (lasting context.Context, end func(), refusal *gqlerror.Error) {
	if o.Last == nil {
		return ctx, func() {}, nil
	}
	return o.Last(ctx)
}

// respond returns the next response, or nil after the last. A panic becomes a response with an
// error.
func (o Options) respond(ctx context.Context, respond graphql.ResponseHandler) (resp *graphql.Response) {
	defer func() {
		if value := recover(); value != nil {
			o.panicked(ctx, value)
			resp = &graphql.Response{Errors: gqlerror.List{coded(errcodes.Internal, internalMessage)}}
		}
	}()
	return respond(ctx)
}

// A sending writes to a stream, and writes a beat after some time without other writes.
type sending struct {
	stream  stream
	control *http.ResponseController
	gone    context.CancelCauseFunc // called when a write fails

	mu    sync.Mutex
	timer *time.Timer // for the next beat
	ended bool
}

func (s *sending) send(write func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.control.SetWriteDeadline(time.Now().Add(writeFor)) // best effort
	err := write()
	if err == nil {
		err = s.control.Flush()
	}
	if err != nil {
		s.ended = true
		s.gone(err)
		return
	}
	if s.timer == nil {
		s.timer = time.AfterFunc(beatEvery, func() { s.send(s.stream.beat) })
	} else {
		s.timer.Reset(beatEvery)
	}
}

// over stops the beats.
func (s *sending) over() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	if s.timer != nil {
		s.timer.Stop()
	}
}
