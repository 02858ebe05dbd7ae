package transport

import (
	"encoding/json"
	"net/http"

	"census-gateway/internal/errcodes"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// A messageStream writes events as parts, by Apollo's multipart protocol for subscriptions.
type messageStream struct{ w http.ResponseWriter }

var messageTypes = []string{`multipart/mixed; boundary="-"; subscriptionSpec=1.0`}

func startMessages(w http.ResponseWriter) messageStream {
	answerHeader(w)["Content-Type"] = messageTypes
	w.WriteHeader(http.StatusOK)
	return messageStream{w}
}

func (s messageStream) begin(string) error { return nil }

const messageBegin = delimiter + partHeader

func (s messageStream) event(_ string, resp *graphql.Response) error {
	before, after := envelope(resp)
	return writeWhole(s.w, messageBegin+`{"payload":`+before, resp.Data, after+"}")
}

func (s messageStream) beat() error { return writeText(s.w, messageBegin+"{}") }

func (s messageStream) complete() error { return writeText(s.w, closing) }

func (s messageStream) close(code int, why string) error {
	err := coded(errcodes.Overloaded, why)
	if code == CloseForbidden {
		err = coded(errcodes.Unauthenticated, why)
	}
	errs, _ := json.Marshal(gqlerror.List{err})
	return writeText(s.w, messageBegin+`{"payload":null,"errors":`+string(errs)+"}"+closing)
}
