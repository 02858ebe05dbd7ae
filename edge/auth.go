package edge

import (
	"errors"
	"log/slog"
	"net/http"
)

// An Authenticator tells who sent a request, from its headers alone. Its
// errors are *Refusal with UNAUTHENTICATED or FORBIDDEN; any other error counts
// as UNAUTHENTICATED. It may be called from many goroutines.
type Authenticator func(*http.Request) (Caller, error)

// Open lets everyone in as Anonymous, whatever they send.
func Open(*http.Request) (Caller, error) { return Caller{ID: Anonymous}, nil }

// Any lets in whom one of the authenticators lets in, asked in order. If one
// knows the caller and forbids it, that is the answer; otherwise
// UNAUTHENTICATED, with all causes for the log.
func Any(all ...Authenticator) Authenticator {
	return func(r *http.Request) (Caller, error) {
		var causes []error
		for _, one := range all {
			caller, err := one(r)
			if err == nil {
				return caller, nil
			}
			if why := asRefusal(err); why.Code == CodeForbidden {
				return Caller{}, why
			} else if why.Cause != nil {
				causes = append(causes, why.Cause)
			}
		}
		return Caller{}, unauthenticated(errors.Join(causes...))
	}
}

// unauthenticated is the one answer to every credential that does not let in:
// it does not tell a wrong key from an unknown one or from none.
func unauthenticated(cause error) *Refusal {
	return &Refusal{
		Status:    http.StatusUnauthorized,
		Code:      CodeUnauthenticated,
		Message:   "Valid credentials are required.",
		Challenge: `Bearer realm="census-gateway"`,
		Cause:     cause,
	}
}

func asRefusal(err error) *Refusal {
	var why *Refusal
	if errors.As(err, &why) {
		return why
	}
	return unauthenticated(err)
}

// Authenticate lets through whom by lets in, with the Caller in the request's
// context, and refuses everyone else. Answers depend on the caller, so caches
// are told (Vary). log gets one line at debug for each refusal, with the cause and
// without the credential; it must not be nil.
func Authenticate(by Authenticator, log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			vary(w.Header(), "Authorization, X-API-Key")
			caller, err := by(r)
			if err != nil {
				why := asRefusal(err)
				log.DebugContext(r.Context(), "caller refused", "code", why.Code, "cause", why.Cause)
				Refuse(w, r, why)
				return
			}
			if k := knownOf(r.Context()); k != nil {
				k.caller = caller
			} else {
				r = r.WithContext(withCaller(r.Context(), caller))
			}
			next.ServeHTTP(w, r)
		})
	}
}
