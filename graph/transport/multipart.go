package transport

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The form is the one Apollo Client asks for with deferSpec=20220824: the
// incremental delivery draft of 24 August 2022. The boundary is its customary
// "-". No line of JSON begins with it, since strings hold no line breaks.
const (
	multipartType = `multipart/mixed; boundary="-"; deferSpec=20220824`
	partHeader    = "Content-Type: application/json; charset=utf-8\r\n\r\n"
	delimiter     = "\r\n---\r\n"
	closing       = "\r\n-----\r\n"
)

// A multipart writes parts. Each is followed at once by the delimiter, without
// which a client would not know that it is complete, and flushed.
type multipart struct {
	w     http.ResponseWriter
	flush func() error
	buf   bytes.Buffer

	op            *graphql.OperationContext
	maxErrorBytes int               // of each part
	labels        map[string]string // of the client, by those that parts have here
}

func startMultipart(w http.ResponseWriter, op *graphql.OperationContext, maxErrorBytes int, labels map[string]string) *multipart {
	answerHeader(w)["Content-Type"] = []string{multipartType}
	w.WriteHeader(http.StatusOK)
	m := &multipart{w: w, flush: http.NewResponseController(w).Flush, op: op, maxErrorBytes: maxErrorBytes, labels: labels}
	m.buf.WriteString(delimiter)
	return m
}

func (m *multipart) first(resp *graphql.Response) error {
	before, after := envelope(presented(m.op, resp, m.maxErrorBytes))
	m.buf.WriteString(partHeader)
	m.buf.WriteString(before)
	m.buf.Write(resp.Data)
	m.buf.WriteString(after[:len(after)-1])
	m.buf.WriteString(`,"hasNext":true}` + delimiter)
	return m.send()
}

func (m *multipart) next(ready []*graphql.Response) error {
	m.buf.WriteString(partHeader + `{"incremental":[`)
	m.entries(ready)
	m.buf.WriteString(`],"hasNext":true}` + delimiter)
	return m.send()
}

// last writes the closing part. errs are about the execution as a whole.
func (m *multipart) last(ready []*graphql.Response, errs gqlerror.List) error {
	m.buf.WriteString(partHeader + "{")
	if len(ready) > 0 {
		m.buf.WriteString(`"incremental":[`)
		m.entries(ready)
		m.buf.WriteString(`],`)
	}
	if len(errs) > 0 {
		before, after := envelope(presented(m.op, &graphql.Response{Errors: errs}, m.maxErrorBytes))
		m.buf.WriteString(before[1:] + after[:len(after)-1] + ",")
	}
	m.buf.WriteString(`"hasNext":false}` + closing)
	return m.send()
}

func (m *multipart) entries(list []*graphql.Response) {
	for i, resp := range list {
		if i > 0 {
			m.buf.WriteByte(',')
		}
		before, after := envelope(presented(m.op, resp, m.maxErrorBytes))
		m.buf.WriteString(before)
		m.buf.Write(resp.Data)
		path, _ := json.Marshal(resp.Path) // names and numbers: cannot fail
		m.buf.WriteString(`,"path":`)
		m.buf.Write(path)
		if l := m.labels[resp.Label]; l != "" {
			label, _ := json.Marshal(l) // a string: cannot fail
			m.buf.WriteString(`,"label":`)
			m.buf.Write(label)
		}
		m.buf.WriteString(after)
	}
}

func (m *multipart) send() error {
	_, err := m.w.Write(m.buf.Bytes())
	m.buf.Reset()
	if err != nil {
		return err
	}
	// A writer that cannot flush still delivers, at the end.
	_ = m.flush()
	return nil
}
