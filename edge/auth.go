package edge

import (
	"errors"
	"fmt"
	"net/http"

	"census-gateway/internal/errcodes"
)

// An Authenticator returns the caller of a request, from its headers alone. Its errors are
// *Refusal with UNAUTHENTICATED or FORBIDDEN; any other error is treated as UNAUTHENTICATED. It
// must be safe for concurrent use.
type Authenticator func(*http.Request) (Caller, error)

// Open accepts everyone as Anonymous, whatever they send.
func Open(*http.Request) (Caller, error) { return Caller{ID: Anonymous}, nil }

// Any tries authenticators in order and accepts a caller that one of them accepts. If one knows
// the caller and forbids access, Any returns that error. Otherwise it returns UNAUTHENTICATED,
// with the most specific reason, and all causes for the log.
func Any(all ...Authenticator) Authenticator {
	return func(r *http.Request) (Caller, error) {
		refusal := *unauthenticated(ForNoCredential, nil)
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
			if specificity(why.Reason) >= specificity(refusal.Reason) {
				refusal = *why
			}
			if causes == nil {
				causes = why.Cause
			} else if why.Cause != nil {
				causes = fmt.Errorf("%w; %w", causes, why.Cause)
			}
		}
		refusal.Cause = causes
		return Caller{}, &refusal
	}
}

// specificity ranks reasons: a larger value says more about the credential, since a key is not
// a JWT and a JWT is not a key.
func specificity(why Reason) int {
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

// unauthenticated returns the refusal of an invalid credential. It does not distinguish a wrong key
// from an unknown one. By RFC 6750, 3, the challenge has an error only if a credential was sent.
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

// unreadable returns the refusal of headers with a malformed credential.
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

// Authenticate serves the callers that by accepts, and adds the Caller to the request's context.
// It rejects everyone else. It adds to Vary, since answers depend on the caller.
func Authenticate(by Authenticator) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			addVary(w.Header(), "Authorization, X-API-Key")
			caller, err := by(r)
			if err != nil {
				Refuse(w, r, asRefusal(err))
				return
			}
			if k := requestInfoOf(r.Context()); k != nil {
				k.caller = caller
			} else {
				r = r.WithContext(withCaller(r.Context(), caller))
			}
			next.ServeHTTP(w, r)
		})
	}
}
