package documents

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

// notFoundMessage is part of the protocol: before they send the query, some clients look for this
// message, not for the code.
const notFoundMessage = "PersistedQueryNotFound"

// maxHash limits sha256Hash, in bytes. A SHA-256 hash has 64 digits; some clients send the id of
// a trusted document in its place.
const maxHash = 256

// persistedHash reads extensions.persistedQuery, {"version":1,"sha256Hash":…}. It returns "" if
// the value is absent or null.
func persistedHash(extensions map[string]any) (string, *gqlerror.Error) {
	given := extensions["persistedQuery"]
	if given == nil {
		return "", nil
	}
	object, ok := given.(map[string]any)
	if !ok {
		return "", newError(errcodes.BadRequest, "extensions.persistedQuery must be an object")
	}
	if !isOne(object["version"]) {
		return "", newError(errcodes.BadRequest, "extensions.persistedQuery.version must be 1")
	}
	hash, ok := object["sha256Hash"].(string)
	if !ok || hash == "" || len(hash) > maxHash {
		return "", newError(errcodes.BadRequest, "extensions.persistedQuery.sha256Hash must be a string of 1 to 256 bytes")
	}
	return hash, nil
}

// isOne reports whether v is the number 1, as any Go type for JSON numbers.
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

func newError(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}
