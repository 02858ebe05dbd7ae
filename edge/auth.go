package edge

import (
	"errors"
	"fmt"
	"net/http"

	"census-gateway/internal/errcodes"
)

// An Authenticator tells who sent a request, from its headers alone. Its
// errors are *Refusal with UNAUTHENTICATED or FORBIDDEN; any other error counts
// as UNAUTHENTICATED. It may be called from many goroutines.
type Authenticator func(*http.Request) (Caller, error)

// Open lets everyone in as Anonymous, whatever they send.
func Open(*http.Request) (Caller, error) { return Caller{ID: Anonymous}, nil }

// Any lets in whom one of the authenticators lets in, asked in order. If one
// knows the caller and forbids it, that is the answer; otherwise
// UNAUTHENTICATED, with the reason that tells most and all causes for the log.
func Any(all ...Authenticator) Authenticator {
	return func(r *http.Request) (Caller, error) {
		told := *unauthenticated(ForNoCredential, nil)
		var causes error
		for _, one := range all {
			caller, err := one(r)
			if err == nil {
				return caller, nil
			}
			why := asRefusal(err)
			if why.Code == errcodes.Forbidden {
				return Caller{}, why
			}
			if telling(why.Reason) >= telling(told.Reason) {
				told = *why
			}
			if causes == nil {
				causes = why.Cause
			} else if why.Cause != nil {
				causes = fmt.Errorf("%w; %w", causes, why.Cause)
			}
		}
		told.Cause = causes
		return Caller{}, &told
	}
}

// telling is larger for a reason that says more of what a caller sent: a key is no
// JWT, and a JWT no key.
func telling(why Reason) int {
	switch why {
	case ForNoCredential:
		return 0
	case ForCredential:
		return 1
	case ForKey:
		return 2
	}
	return 3
}

// unauthenticated is the one answer to every credential that does not let in: it
// does not tell a wrong key from an unknown one. The challenge is by RFC 6750, 3: it
// has an error only if a credential was sent.
func unauthenticated(why Reason, cause error) *Refusal {
	challenge := `Bearer realm="census-gateway"`
	if why != ForNoCredential {
		challenge += `, error="invalid_token"`
	}
	return &Refusal{
		Status:    http.StatusUnauthorized,
		Code:      errcodes.Unauthenticated,
		Message:   "Valid credentials are required.",
		Challenge: challenge,
		Reason:    why,
		Cause:     cause,
	}
}

// unreadable is the answer to headers without a credential that can be read.
func unreadable(err error) *Refusal {
	if errors.Is(err, errNoCredential) {
		return unauthenticated(ForNoCredential, err)
	}
	return unauthenticated(ForCredential, err)
}

func asRefusal(err error) *Refusal {
	var why *Refusal
	if errors.As(err, &why) {
		return why
	}
	return unauthenticated(ForCredential, err)
}

// Authenticate lets through whom by lets in, with the Caller in the request's
// context, and refuses everyone else. Answers depend on the caller, so caches
// are told (Vary).
func Authenticate(by Authenticator) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			vary(w.Header(), "Authorization, X-API-Key")
			caller, err := by(r)
			if err != nil {
				Refuse(w, r, asRefusal(err))
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
