package transport

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/exec"
)

// The boundary is the customary "-". No line of JSON begins with it, since strings
// hold no line breaks.
const (
	partHeader = "Content-Type: application/json; charset=utf-8\r\n\r\n"
	delimiter  = "\r\n---\r\n"
	closing    = "\r\n-----\r\n"
)

var multipartTypes = [...][]string{
	partsByPath: {`multipart/mixed; boundary="-"; deferSpec=20220824`},
	partsByID:   {`multipart/mixed; boundary="-"; incrementalSpec=v0.2`},
}

// A partsWriter writes and flushes parts. It writes the delimiter directly after each part, since a
// client needs it to see that the part is complete.
type partsWriter struct {
	w             http.ResponseWriter
	flush         func() error
	format        partsFormat
	maxErrorBytes int // of each part
	buf           bytes.Buffer
	first         bool
}

func newPartsWriter(w http.ResponseWriter, f partsFormat, maxErrorBytes int) *partsWriter {
	answerHeader(w)["Content-Type"] = multipartTypes[f]
	w.WriteHeader(http.StatusOK)
	m := &partsWriter{w: w, flush: http.NewResponseController(w).Flush, format: f, maxErrorBytes: maxErrorBytes, first: true}
	m.buf.WriteString(delimiter)
	return m
}

// A payload is the JSON of one part, except the data, errors and extensions that begin the first
// part.
type payload struct {
	Errors      gqlerror.List   `json:"errors,omitempty"`
	Pending     []pendingPart   `json:"pending,omitempty"`
	Incremental []deferredPart  `json:"incremental,omitempty"`
	Completed   []completedPart `json:"completed,omitempty"`
	HasNext     bool            `json:"hasNext"`
}

type pendingPart struct {
	ID    string   `json:"id"`
	Path  ast.Path `json:"path"`
	Label string   `json:"label,omitempty"`
}

type deferredPart struct {
	Errors     gqlerror.List   `json:"errors,omitempty"`
	Data       json.RawMessage `json:"data"`
	ID         string          `json:"id,omitempty"`
	Path       ast.Path        `json:"path,omitzero"`
	Label      string          `json:"label,omitempty"`
	Extensions map[string]any  `json:"extensions,omitempty"`
}

type completedPart struct {
	ID     string        `json:"id"`
	Errors gqlerror.List `json:"errors,omitempty"`
}

// writePart writes resp, with the parts that it announces and delivers. A nil resp, or one without
// data, is the last.
func (m *partsWriter) writePart(resp *graphql.Response, parts *exec.Parts) error {
	p := payload{}
	switch {
	case resp == nil:
		resp, parts = &graphql.Response{}, &exec.Parts{}
	case resp.Data == nil:
		p.Errors, parts = withSentErrors(resp, m.maxErrorBytes).Errors, &exec.Parts{}
	default:
		p.HasNext = *resp.HasNext
	}
	m.buf.WriteString(partHeader)
	if m.first {
		m.first = false
		before, after := envelope(withSentErrors(resp, m.maxErrorBytes))
		m.buf.WriteString(before)
		m.buf.Write(resp.Data)
		m.buf.WriteString(after[:len(after)-1] + ",")
	} else {
		m.buf.WriteByte('{')
	}
	m.addParts(&p, parts, resp.Extensions)
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	m.buf.Write(text[1:])
	m.buf.WriteString(map[bool]string{true: delimiter, false: closing}[p.HasNext])
	return m.send()
}

func (m *partsWriter) addParts(p *payload, parts *exec.Parts, extensions map[string]any) {
	for _, d := range parts.Delivered {
		out := withSentErrors(&graphql.Response{Errors: d.Errors, Extensions: extensions}, m.maxErrorBytes)
		id, null := strconv.Itoa(d.ID), string(d.Data) == "null"
		switch {
		case m.format == partsByPath:
			p.Incremental = append(p.Incremental, deferredPart{Data: d.Data, Path: d.Path, Label: d.Label, Errors: out.Errors, Extensions: out.Extensions})
		case null: // the part failed; its object is answered without it
			p.Completed = append(p.Completed, completedPart{id, out.Errors})
		default:
			p.Incremental = append(p.Incremental, deferredPart{Data: d.Data, ID: id, Errors: out.Errors, Extensions: out.Extensions})
			p.Completed = append(p.Completed, completedPart{ID: id})
		}
	}
	if m.format == partsByID {
		for _, a := range parts.Pending {
			p.Pending = append(p.Pending, pendingPart{strconv.Itoa(a.ID), a.Path, a.Label})
		}
	}
}

func (m *partsWriter) send() error {
	_, err := m.w.Write(m.buf.Bytes())
	m.buf.Reset()
	if err != nil {
		return err
	}
	// A writer that cannot flush delivers everything at the end.
	_ = m.flush()
	return nil
}
