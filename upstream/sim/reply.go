package sim

import (
	"cmp"
	"net/http"
)

// A reply is a JSON answer. It is made under the lock and sent outside it.
type reply struct {
	code int
	body []byte
}

func (a reply) send(w http.ResponseWriter) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json; charset=utf-8"}
	h["Cache-Control"] = []string{"max-age=0, private, must-revalidate"}
	w.WriteHeader(a.code)
	if r, ok := w.(*recorded); ok {
		r.body = a.body // without copying it
		return
	}
	w.Write(a.body) // an error means that the client has left
}

func ok(body []byte) reply { return reply{http.StatusOK, body} }

// notFound returns Census's answer for anything that does not exist (Census API reference,
// Fetch sync run). Here the status is a number, in other answers text.
func notFound() reply { return reply{http.StatusNotFound, []byte(`{"status":404}`)} }

// badRequest returns a 400 with the reason.
func badRequest(message string) reply {
	o := object{}
	o.open()
	o.str("status", "error")
	o.str("message", message)
	o.close()
	return reply{http.StatusBadRequest, o.b}
}

// success returns a 200 with data, which must be JSON.
func success(data []byte) reply {
	o := object{b: make([]byte, 0, len(data)+32)}
	o.open()
	o.str("status", "success")
	o.key("data")
	o.b = append(o.b, data...)
	o.close()
	return ok(o.b)
}

// A recorded answer can be read before it is sent.
type recorded struct {
	head http.Header
	code int
	body []byte
}

func record(r *http.Request, h http.Handler) *recorded {
	a := &recorded{head: http.Header{}}
	h.ServeHTTP(a, r)
	a.code = cmp.Or(a.code, http.StatusOK)
	return a
}

func (a *recorded) Header() http.Header { return a.head }

func (a *recorded) WriteHeader(code int) { a.code = cmp.Or(a.code, code) }

func (a *recorded) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, p...)
	return len(p), nil
}

// copyHead sends status and headers, except the length.
func (a *recorded) copyHead(w http.ResponseWriter) {
	for k, v := range a.head {
		if k != "Content-Length" {
			w.Header()[k] = v
		}
	}
	w.WriteHeader(a.code)
}
