package transport

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/internal/errcodes"
)

// unwritable stands in for errors that cannot be written as JSON.
const unwritable = `[{"message":"` + internalMessage + `","extensions":{"code":"` + errcodes.Internal + `"}}]`

// writeAnswer writes status and resp. The data goes out as the executor made
// it: it is JSON already, and reading it again would cost more than all the rest.
//
// Answers are not to be stored by caches unless a layer above has said
// otherwise in Cache-Control.
func writeAnswer(w http.ResponseWriter, m media, status int, resp *graphql.Response) {
	before, after := envelope(resp)
	if m == mediaEvents {
		if status == http.StatusOK {
			before, after = eventBegin+before, after+eventEnd+eventComplete
		} else {
			m = mediaJSON
		}
	}

	h := answerHeader(w)
	h["Content-Type"] = contentTypes[m]
	h["Content-Length"] = []string{strconv.Itoa(len(before) + len(resp.Data) + len(after))}
	w.WriteHeader(status)

	// An error here means that the client has gone: nobody is left to be told.
	_, _ = io.WriteString(w, before)
	if data := resp.Data; cap(data)-len(data) >= len(after) { // one system call less than two writes
		_, _ = w.Write(append(data, after...))
		return
	}
	_, _ = w.Write(resp.Data)
	_, _ = io.WriteString(w, after)
}

// answerHeader sets what is the same for all answers.
func answerHeader(w http.ResponseWriter) http.Header {
	h := w.Header()
	h["X-Content-Type-Options"] = nosniff
	h["Vary"] = append(h["Vary"], "Accept")
	if len(h["Cache-Control"]) == 0 {
		h["Cache-Control"] = noStore
	}
	return h
}

// Values of headers, made once. Nobody changes them.
var (
	nosniff = []string{"nosniff"}
	noStore = []string{"no-store"}
)

// envelope is what stands around the data of an answer. An answer without data
// has no such key; one whose data is null does.
func envelope(resp *graphql.Response) (before, after string) {
	if len(resp.Errors) == 0 && resp.Data != nil && len(resp.Extensions) == 0 { // nearly all answers
		return `{"data":`, "}"
	}
	before, after = "{", "}"
	if len(resp.Errors) > 0 || resp.Data == nil {
		before += `"errors":` + errorsJSON(resp)
		if resp.Data != nil {
			before += ","
		}
	}
	if resp.Data != nil {
		before += `"data":`
	}
	if len(resp.Extensions) > 0 {
		// Leave out extensions that cannot be written: the data is worth more.
		if text, err := json.Marshal(resp.Extensions); err == nil {
			after = `,"extensions":` + string(text) + "}"
		}
	}
	return before, after
}

func errorsJSON(resp *graphql.Response) string {
	if len(resp.Errors) == 0 {
		return unwritable
	}
	text, err := json.Marshal(resp.Errors)
	if err != nil {
		return unwritable
	}
	return string(text)
}
