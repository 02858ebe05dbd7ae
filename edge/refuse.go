package edge

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"

	"census-gateway/internal/accepts"
)

// Refuse writes e as a GraphQL answer, in the media type that r accepts, and records the code.
// Nothing may have been written before.
func Refuse(w http.ResponseWriter, r *http.Request, e *Refusal) {
	if k := requestInfoOf(r.Context()); k != nil {
		k.refusal = e
	}
	type extensions struct {
		Code       string `json:"code"`
		RetryAfter int    `json:"retryAfterSeconds,omitzero"`
	}
	type problem struct {
		Message    string     `json:"message"`
		Extensions extensions `json:"extensions"`
	}
	body, err := json.Marshal(map[string][]problem{
		"errors": {{e.Message, extensions{e.Code, e.retrySeconds()}}},
	})
	if err != nil { // strings and ints can always be marshaled
		panic(err)
	}
	h := w.Header()
	media, _ := accepts.Answer(r.Header["Accept"])
	h.Set("Content-Type", cmp.Or(media, accepts.JSON)+"; charset=utf-8")
	addVary(h, "Accept")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	// These headers describe the answer that the handler meant to send, not this one.
	h.Del("ETag")
	h.Del("Content-Encoding")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if s := e.retrySeconds(); s > 0 {
		h.Set("Retry-After", strconv.Itoa(s))
	}
	if e.Challenge != "" {
		h.Set("WWW-Authenticate", e.Challenge)
	}
	w.WriteHeader(e.Status)
	w.Write(body)
}
