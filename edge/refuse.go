package edge

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"census-gateway/internal/accepts"
)

// A Refusal is an answer given instead of executing the operation. It is an
// error, so that code without a ResponseWriter can decide to refuse.
type Refusal struct {
	Status     int           // HTTP status
	Code       string        // one of errcodes
	Message    string        // for the client: no addresses, no Go errors, nothing it sent
	RetryAfter time.Duration // told in whole seconds, rounded up; 0 tells nothing
	Challenge  string        // WWW-Authenticate; empty sends none
	Reason     Reason        // for the log and metrics, never sent; empty where no setting has a say
	Cause      error         // for the log, never sent; may be nil
}

// A Reason is why a request is refused, in one word.
type Reason string

// The reasons this package refuses for.
const (
	ForHost         Reason = "host"          // the Host is not one of ours
	ForOrigin       Reason = "origin"        // the page's origin is not listed
	ForPreflight    Reason = "preflight"     // a preflight asks for what no listed origin may send
	ForBrowser      Reason = "browser"       // a page could have made a browser send it
	ForNoCredential Reason = "no_credential" // none was sent
	ForCredential   Reason = "credential"    // what was sent cannot be read as one
	ForKey          Reason = "key"           // the API key is unknown
	ForJWT          Reason = "jwt"           // a JWT that lacks a claim, or is refused for another reason
	ForExpired      Reason = "jwt_expired"   // a JWT that is over, or not yet valid
	ForIssuer       Reason = "jwt_issuer"    // a JWT of another issuer
	ForAudience     Reason = "jwt_audience"  // a JWT for others
	ForSignature    Reason = "jwt_signature" // a JWT whose signature, or key, is not the issuer's
	ForNoJWKS       Reason = "jwks"          // no public keys of the issuer are known
	ForScope        Reason = "jwt_scope"     // a JWT without the scope
	ForRate         Reason = "rate"          // the caller asks too often
	ForInFlight     Reason = "in_flight"     // too many operations run
	ForSending      Reason = "sending"       // too many large answers are being made or under way
)

// Error returns code and message, without the cause.
func (e *Refusal) Error() string { return e.Code + ": " + e.Message }

// Unwrap returns the cause.
func (e *Refusal) Unwrap() error { return e.Cause }

// retrySeconds is RetryAfter as the wire has it.
func (e *Refusal) retrySeconds() int {
	return int((e.RetryAfter + time.Second - 1) / time.Second)
}

// Refuse writes e as a GraphQL answer. Nothing may have been written before.
// r tells which media type is wanted, and remembers the code.
func Refuse(w http.ResponseWriter, r *http.Request, e *Refusal) {
	if k := knownOf(r.Context()); k != nil {
		k.refusal = e
	}
	type extensions struct {
		Code       string `json:"code"`
		RetryAfter int    `json:"retryAfterSeconds,omitzero"`
	}
	type problem struct {
		Message    string     `json:"message"`
		Extensions extensions `json:"extensions"`
	}
	body, err := json.Marshal(map[string][]problem{
		"errors": {{e.Message, extensions{e.Code, e.retrySeconds()}}},
	})
	if err != nil { // strings and ints always marshal
		panic(err)
	}
	h := w.Header()
	media, _ := accepts.Answer(r.Header["Accept"])
	h.Set("Content-Type", cmp.Or(media, accepts.JSON)+"; charset=utf-8")
	vary(h, "Accept")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	// What a handler said about the answer it meant to give is not true of this one.
	h.Del("ETag")
	h.Del("Content-Encoding")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if s := e.retrySeconds(); s > 0 {
		h.Set("Retry-After", strconv.Itoa(s))
	}
	if e.Challenge != "" {
		h.Set("WWW-Authenticate", e.Challenge)
	}
	w.WriteHeader(e.Status)
	w.Write(body)
}
