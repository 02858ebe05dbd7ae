package transport

import (
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

// A multipartEventWriter writes events as parts, by Apollo's multipart protocol for subscriptions.
type multipartEventWriter struct{ w http.ResponseWriter }

var messageTypes = []string{`multipart/mixed; boundary="-"; subscriptionSpec=1.0`}

func newMultipartEventWriter(w http.ResponseWriter) multipartEventWriter {
	answerHeader(w)["Content-Type"] = messageTypes
	w.WriteHeader(http.StatusOK)
	return multipartEventWriter{w}
}

func (s multipartEventWriter) begin(string) error { return nil }

const messageBegin = delimiter + partHeader

func (s multipartEventWriter) event(_ string, resp *graphql.Response) error {
	before, after := envelope(resp)
	return writeWhole(s.w, messageBegin+`{"payload":`+before, resp.Data, after+"}")
}

func (s multipartEventWriter) heartbeat() error { return writeText(s.w, messageBegin+"{}") }

func (s multipartEventWriter) complete() error { return writeText(s.w, closing) }

func (s multipartEventWriter) close(code int, why string) error {
	err := errorWithCode(errcodes.Overloaded, why)
	if code == CloseForbidden {
		err = errorWithCode(errcodes.Unauthenticated, why)
	}
	errs, _ := json.Marshal(gqlerror.List{err})
	return writeText(s.w, messageBegin+`{"payload":null,"errors":`+string(errs)+"}"+closing)
}
