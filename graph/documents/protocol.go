package documents

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

// notFoundMessage is a word of the protocol: some clients look for it rather
// than for the code before they send the query itself.
const notFoundMessage = "PersistedQueryNotFound"

// maxHash bounds sha256Hash, in bytes. A SHA-256 hash has 64 digits; some
// clients send the id of a trusted document in its place.
const maxHash = 256

// persistedHash reads extensions.persistedQuery, {"version":1,"sha256Hash":…}.
// It gives "" if the request has none, or null.
func persistedHash(extensions map[string]any) (string, *gqlerror.Error) {
	given := extensions["persistedQuery"]
	if given == nil {
		return "", nil
	}
	object, ok := given.(map[string]any)
	if !ok {
		return "", failure(errcodes.BadRequest, "extensions.persistedQuery must be an object")
	}
	if !isOne(object["version"]) {
		return "", failure(errcodes.BadRequest, "extensions.persistedQuery.version must be 1")
	}
	hash, ok := object["sha256Hash"].(string)
	if !ok || hash == "" || len(hash) > maxHash {
		return "", failure(errcodes.BadRequest, "extensions.persistedQuery.sha256Hash must be a string of 1 to 256 bytes")
	}
	return hash, nil
}

// isOne takes the forms a JSON number has in Go.
func isOne(v any) bool {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		return err == nil && f == 1
	case float64:
		return v == 1
	case int:
		return v == 1
	case int64:
		return v == 1
	}
	return false
}

func failure(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}
