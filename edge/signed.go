package edge

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"

	"census-gateway/internal/errcodes"
)

// maxSigned is the maximum size of a signed body, in bytes. Census's events take a few hundred.
const maxSigned = 64 << 10

// Signed passes POST requests whose body is signed by one of secrets, with the body in memory.
// X-Signature is the HMAC-SHA256 of the body in base64, as in Census's webhooks. The signature
// is the only credential.
func Signed(secrets []string) func(http.Handler) http.Handler {
	unsigned := &Refusal{Status: http.StatusUnauthorized, Code: errcodes.Unauthenticated, Reason: ForUnsigned,
		Message: "X-Signature must be the base64 form of the HMAC-SHA256 of the body, by a secret of this gateway."}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				w.Header().Set("Allow", http.MethodPost)
				Refuse(w, r, &Refusal{Status: http.StatusMethodNotAllowed, Code: errcodes.BadRequest, Message: "Use POST for webhooks."})
				return
			}
			signature, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Signature"))
			if err != nil || len(signature) != sha256.Size { // the body need not be read
				Refuse(w, r, unsigned)
				return
			}
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSigned))
			switch {
			case errors.As(err, new(*http.MaxBytesError)):
				Refuse(w, r, &Refusal{Status: http.StatusRequestEntityTooLarge, Code: errcodes.PayloadTooLarge, Reason: ForLongEvent,
					Message: "The body is longer than 64 KiB."})
			case err != nil:
				Refuse(w, r, &Refusal{Status: http.StatusBadRequest, Code: errcodes.BadRequest, Message: "The body could not be read.", Cause: err})
			case !signedBy(secrets, body, signature):
				Refuse(w, r, unsigned)
			default:
				r.Body = io.NopCloser(bytes.NewReader(body))
				next.ServeHTTP(w, r)
			}
		})
	}
}

// signedBy reports whether one of secrets made signature. Its time does not depend on which
// secret, or on how much of an invalid signature matches.
func signedBy(secrets []string, body, signature []byte) (ok bool) {
	for _, secret := range secrets {
		sum := hmac.New(sha256.New, []byte(secret))
		sum.Write(body)
		if hmac.Equal(signature, sum.Sum(nil)) {
			ok = true
		}
	}
	return ok
}
