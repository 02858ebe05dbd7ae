package transport

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/internal/errcodes"
)

// unwritableErrors replaces errors that cannot be written as JSON.
const unwritableErrors = `[{"message":"` + internalMessage + `","extensions":{"code":"` + errcodes.Internal + `"}}]`

// writeAnswer writes status and resp. It writes the data unchanged: the executor made it as JSON,
// and parsing it again would cost more than everything else.
//
// Cache-Control is no-store unless an outer layer has set it.
func writeAnswer(w http.ResponseWriter, m mediaType, status int, resp *graphql.Response) {
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

	// An error means that the client has gone, so it is ignored.
	_, _ = io.WriteString(w, before)
	if data := resp.Data; cap(data)-len(data) >= len(after) { // saves a system call
		_, _ = w.Write(append(data, after...))
		return
	}
	_, _ = w.Write(resp.Data)
	_, _ = io.WriteString(w, after)
}

// answerHeader sets the headers that all answers share.
func answerHeader(w http.ResponseWriter) http.Header {
	h := w.Header()
	h["X-Content-Type-Options"] = nosniff
	h["Vary"] = append(h["Vary"], "Accept")
	if len(h["Cache-Control"]) == 0 {
		h["Cache-Control"] = noStore
	}
	return h
}

// Shared header values, which must not be modified.
var (
	nosniff = []string{"nosniff"}
	noStore = []string{"no-store"}
)

// envelope returns the text around the data of an answer. The key data is absent without data,
// and present if data is null.
func envelope(resp *graphql.Response) (before, after string) {
	if len(resp.Errors) == 0 && resp.Data != nil && len(resp.Extensions) == 0 { // most answers
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
		// Omit extensions that cannot be written, and keep the data.
		if text, err := json.Marshal(resp.Extensions); err == nil {
			after = `,"extensions":` + string(text) + "}"
		}
	}
	return before, after
}

func errorsJSON(resp *graphql.Response) string {
	if len(resp.Errors) == 0 {
		return unwritableErrors
	}
	text, err := json.Marshal(resp.Errors)
	if err != nil {
		return unwritableErrors
	}
	return string(text)
}
