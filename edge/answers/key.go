package answers

import (
	"encoding/binary"
	"net/http"

	"census-gateway/edge"
	"census-gateway/internal/notes"
)

// maxKey bounds what tells one request from another, the body of a POST
// included, in bytes. Larger requests are not kept.
const maxKey = 16 << 10

// keyHeaders are the headers of a request that an answer may depend on, besides
// those that tell the caller: form, compression, and whether its cost is told. An
// answer that tells its cost tells that of the run it was made by.
func keyHeaders() [5]string {
	return [...]string{"Accept", "Accept-Encoding", "Content-Type", "Content-Encoding", costHeader}
}

// costHeader asks for what the answer cost. No other layer says that answers vary by it.
const costHeader = "X-Census-Cost"

// appendKey appends what tells r from requests that may have another answer; false if
// it cannot be kept. Each part has its length
// before it, so that no two requests have the same key.
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
