package edge

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
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

// AuthOptions is what Authenticate can do besides. The zero value is strict
// and silent.
type AuthOptions struct {
	// LateWebSocket lets a WebSocket upgrade without any credential through,
	// without a Caller in its context: browsers cannot set headers on it. The
	// transport must then authenticate the init message (see InitCaller) before
	// it executes anything.
	LateWebSocket bool

	// Log gets one line at debug for each refusal, with the request id and the
	// cause, without the credential. Nil logs nothing.
	Log *slog.Logger
}

// Authenticate lets through whom by lets in, with the Caller in the request's
// context, and refuses everyone else. Answers depend on the caller, so caches
// are told (Vary).
func Authenticate(by Authenticator, opt AuthOptions) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			vary(w.Header(), "Authorization, X-API-Key")
			if opt.LateWebSocket && isUpgrade(r) && !carriesCredential(r) {
				next.ServeHTTP(w, r)
				return
			}
			caller, err := by(r)
			if err != nil {
				why := asRefusal(err)
				if opt.Log != nil {
					opt.Log.DebugContext(r.Context(), "caller refused", "code", why.Code, "cause", why.Cause)
				}
				Refuse(w, r, why)
				return
			}
			if k := knownOf(r.Context()); k != nil {
				k.caller = caller
			} else {
				r = r.WithContext(WithCaller(r.Context(), caller))
			}
			next.ServeHTTP(w, r)
		})
	}
}

// InitCaller asks by about the credential of a WebSocket's init message, in the
// form of an Authorization header ("Bearer …"). The headers of the upgrade
// itself that carry credentials do not count. Errors are those of by.
func InitCaller(by Authenticator, upgrade *http.Request, credential string) (Caller, error) {
	r := upgrade.Clone(upgrade.Context())
	r.Header.Del("X-API-Key")
	r.Header.Del("Authorization")
	if credential != "" {
		r.Header.Set("Authorization", credential)
	}
	return by(r)
}

func carriesCredential(r *http.Request) bool {
	return len(r.Header.Values("Authorization")) > 0 || len(r.Header.Values("X-API-Key")) > 0
}

// isUpgrade reports whether r asks to become a WebSocket.
func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}
