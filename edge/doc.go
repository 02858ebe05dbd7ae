// Package edge is what stands between the network and the GraphQL handler. It
// knows HTTP: who asks, from where, how often, how much at once, and how a
// request is refused. It knows neither GraphQL nor Census beyond the shape of a
// refusal and of a token.
//
// Layers are plain func(http.Handler) http.Handler. Outermost first, with the
// reason for the place:
//
//	RequestID        everything below logs and answers with the id
//	SecurityHeaders  refusals need them too
//	Recover          catches what is below; its answer has id and headers
//	CheckHost        a rebound page must not even reach CORS (open loopback only)
//	CORS             pages must be able to read refusals; preflights carry no credentials
//	Compress         small refusals pass it untouched
//	CSRF             costs nothing, so before anything that costs; GraphQL endpoint only
//	Authenticate     who asks
//	Rates            needs the caller; the refused take no place below
//	InFlight         only what is going to run takes a place
//
// The package has no global state and reads no environment.
package edge
