package edge

import (
	"math/rand/v2"
	"net/http"
	"regexp"
)

var goodRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// RequestID gives every request an id, in its context and in the answer's X-Request-Id. It keeps
// the id sent by a proxy or client if that is 1 to 64 of A-Z a-z 0-9 . _ -. Otherwise it makes
// one of 128 random bits and drops the id that was sent, since the id appears in logs.
func RequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var id string
		if sent := r.Header["X-Request-Id"]; len(sent) == 1 && goodRequestID.MatchString(sent[0]) {
			id = sent[0]
		} else {
			id = newRequestID()
		}
		w.Header()["X-Request-Id"] = []string{id}
		caller, _ := CallerFrom(r.Context())
		next.ServeHTTP(w, r.WithContext(withRequestInfo(r.Context(), id, caller)))
	})
}

// newRequestID returns an id of 128 random bits. It is not a secret, so the fast generator is
// good enough.
func newRequestID() string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" // base32
	var id [26]byte
	for half := range 2 {
		for i, bits := 0, rand.Uint64(); i < len(id)/2; i++ {
			id[half*len(id)/2+i], bits = digits[bits&31], bits>>5
		}
	}
	return string(id[:])
}
