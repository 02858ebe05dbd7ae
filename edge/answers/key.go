package answers

import (
	"encoding/binary"
	"net/http"

	"census-gateway/edge"
	"census-gateway/internal/notes"
)

// maxKey is the maximum length of a cache key, in bytes. A key includes the body of a POST.
// Answers to larger requests are not kept.
const maxKey = 16 << 10

// keyHeaders returns the request headers that an answer may depend on, besides those that identify
// the caller: media type, compression, and X-Census-Cost. The cost reported is that of the run
// that made the answer.
func keyHeaders() [5]string {
	return [...]string{"Accept", "Accept-Encoding", "Content-Type", "Content-Encoding", costHeader}
}

// costHeader is the request header that requests the cost of the answer. No other layer adds it to
// Vary.
const costHeader = "X-Census-Cost"

// appendKey appends a key that differs between requests with different answers; false if the
// request cannot be cached. Each part is preceded by its length, so that no two requests have the
// same key.
func appendKey(key []byte, layer uint64, r *http.Request) ([]byte, bool) {
	caller, known := edge.CallerFrom(r.Context())
	if !known || caller.ID == "" {
		return key, false
	}
	key = binary.AppendUvarint(key, layer)
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		key = append(key, 'G')
	case http.MethodPost:
		key = append(key, 'P')
	default:
		return key, false
	}
	key = appendText(key, caller.ID)
	for _, name := range keyHeaders() {
		values := r.Header[name]
		key = binary.AppendUvarint(key, uint64(len(values)))
		for _, v := range values {
			key = appendText(key, v)
		}
	}
	key = appendText(key, r.URL.RawQuery)
	if r.Method == http.MethodPost {
		body := notes.Of(r.Context()).Body
		if body == nil || len(key)+len(body) > maxKey {
			return key, false
		}
		key = append(key, body...)
	}
	return key, len(key) <= maxKey
}

func appendText(key []byte, s string) []byte {
	return append(binary.AppendUvarint(key, uint64(len(s))), s...)
}
