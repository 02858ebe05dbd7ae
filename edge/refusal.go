package edge

import "time"

// A Refusal is an answer sent instead of executing the operation. It is an error, so that code
// without a ResponseWriter can return it.
type Refusal struct {
	Status     int           // HTTP status
	Code       string        // one of errcodes
	Message    string        // for the client: no addresses, no Go errors, no part of the request
	RetryAfter time.Duration // sent in whole seconds, rounded up; 0 sends nothing
	Challenge  string        // WWW-Authenticate; "" sends none
	Reason     Reason        // for the log and metrics, never sent; "" if it is not reported
	Cause      error         // for the log, never sent; may be nil
}

// A Reason is the reason for rejecting a request, in one word.
type Reason string

// The reasons for which this package rejects requests.
const (
	ForHost         Reason = "host"          // the Host is not accepted
	ForOrigin       Reason = "origin"        // the page's origin is not listed
	ForPreflight    Reason = "preflight"     // a preflight asks for a method or header that is not allowed
	ForBrowser      Reason = "browser"       // a web page could have made a browser send it
	ForNoCredential Reason = "no_credential" // no credential was sent
	ForCredential   Reason = "credential"    // the credential is malformed
	ForKey          Reason = "key"           // the API key is unknown
	ForJWT          Reason = "jwt"           // a JWT lacks a claim, or is invalid for another reason
	ForExpired      Reason = "jwt_expired"   // a JWT has expired, or is not yet valid
	ForIssuer       Reason = "jwt_issuer"    // a JWT of another issuer
	ForAudience     Reason = "jwt_audience"  // a JWT for another audience
	ForSignature    Reason = "jwt_signature" // a JWT whose signature or key is not the issuer's
	ForNoJWKS       Reason = "jwks"          // no public keys of the issuer are known
	ForScope        Reason = "jwt_scope"     // a JWT without the required scope
	ForRate         Reason = "rate"          // the caller exceeds its rate
	ForInFlight     Reason = "in_flight"     // too many operations are running
	ForSending      Reason = "sending"       // too many large answers are in memory
	ForUnsigned     Reason = "unsigned"      // a webhook without the signature of a known secret
	ForLongEvent    Reason = "long_event"    // a webhook with too long a body
	ForNoEvent      Reason = "no_event"      // a signed webhook that is not an event of Census
)

// Error returns the code and the message, without the cause.
func (e *Refusal) Error() string { return e.Code + ": " + e.Message }

// Unwrap returns the cause.
func (e *Refusal) Unwrap() error { return e.Cause }

// retrySeconds returns the value of Retry-After.
func (e *Refusal) retrySeconds() int {
	return int((e.RetryAfter + time.Second - 1) / time.Second)
}
