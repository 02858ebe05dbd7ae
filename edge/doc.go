// Package edge is what stands between the network and the GraphQL handler. It
// knows HTTP: who asks, from where, how often, how much at once, and how a
// request is refused. It knows neither GraphQL nor Census beyond the shape of a
// refusal and of a token.
//
// Layers are plain func(http.Handler) http.Handler. Outermost first, with the
// reason for the place:
//
//	RequestID        everything below logs and answers with the id
//	Refusals         tells of what is refused below, where no layer has
//	SecurityHeaders  refusals need them too
//	Recover          catches what is below; its answer has id and headers
//	CheckHost        a rebound page must not even reach CORS (open gateways only)
//
// and at the GraphQL endpoint, below its trace and its line of the log:
//
//	CORS             pages must be able to read refusals; preflights carry no credentials
//	CSRF             costs nothing, so before anything that costs
//	Authenticate     who asks
//	Rates            needs the caller; the refused take no place below
//	ReadBody         who sends slowly takes neither place nor time below
//	answers          package answers: what it has kept passes all above and takes no place below
//	Compress         what is kept is packed once; small answers pass it untouched
//	InFlight         only what is going to run takes a place
//
// The package keeps no state of its own beside what it makes, and reads the
// environment only where it is given a way to. TuneMemory alone changes the
// process: it sets how the garbage collector runs.
package edge
