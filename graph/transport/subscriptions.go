package transport

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

func newEventWriter(w http.ResponseWriter, format eventFormat) eventWriter {
	if format == eventsMultipart {
		return newMultipartEventWriter(w)
	}
	return newSSEWriter(w)
}

type eventIDKey struct{}

// SetEventID sets the id of the event being answered under ctx. Server-sent events carry it.
func SetEventID(ctx context.Context, id string) {
	if to, ok := ctx.Value(eventIDKey{}).(*string); ok {
		*to = id
	}
}

// executeSubscription answers a subscription and writes its events as they happen.
func (o Options) executeSubscription(ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, formats acceptedFormats, op *graphql.OperationContext) {
	if formats.events == eventsNone {
		reject(w, r, formats.single, &rejection{status: http.StatusNotAcceptable, code: errcodes.BadRequest,
			message: "a subscription needs Accept: text/event-stream or multipart/mixed;subscriptionSpec=1.0, or a WebSocket"})
		return
	}
	ctx, end, refusal := o.subscriptionContext(ctx)
	defer end()
	if refusal != nil {
		o.writeSingle(ctx, w, formats.single, &graphql.Response{Errors: gqlerror.List{refusal}})
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Time{}) // best effort; a pending read detects that the client left
	s := &heartbeatWriter{events: newEventWriter(w, formats.events), control: control, onFailure: cancel}
	s.send(s.events.heartbeat)
	defer s.stop()
	var id string
	ctx = context.WithValue(ctx, eventIDKey{}, &id)
	respond, ctx := exec.DispatchOperation(ctx, op)
	if id != "" {
		s.send(func() error { return s.events.begin(id) })
	}
	for {
		id = ""
		resp := o.nextResponse(ctx, respond)
		if resp == nil {
			if closing, ok := errors.AsType[Closing](context.Cause(ctx)); ok {
				s.send(func() error { return s.events.close(closing.CloseCode(), closing.Error()) })
			} else if ctx.Err() == nil {
				s.send(s.events.complete)
			}
			return
		}
		out := withSentErrors(resp, o.maxErrorBytes())
		if out.Data == nil && len(out.Errors) > 0 && codeOf(out.Errors[0]) == errcodes.Overloaded {
			s.send(func() error { return s.events.close(CloseSlow, out.Errors[0].Message) })
			return
		}
		s.send(func() error { return s.events.event(id, out) })
		if out.Data == nil {
			s.send(s.events.complete)
			return
		}
		if o.Release != nil {
			o.Release(out.Data)
		}
	}
}

func (o Options) subscriptionContext(ctx context.Context) (lasting context.Context, end func(), refusal *gqlerror.Error) {
	if o.Last == nil {
		return ctx, func() {}, nil
	}
	return o.Last(ctx)
}
