// Package edge is the layer between the network and the GraphQL handler. It handles HTTP: who the
// caller is, where a request comes from, how often and how many at once, and how a request is
// rejected. It knows nothing of GraphQL and Census except the form of a refusal and of a token.
//
// Layers are plain func(http.Handler) http.Handler. They are listed outermost first, with the
// reason for their place:
//
//	RequestID        everything below logs and answers with the id
//	Refusals         reports refusals of the layers below, unless one of them has
//	SecurityHeaders  refusals need the headers too
//	Recover          catches panics below; its answer has the id and the headers
//	Signed           webhooks of Census, whose signature is enough, so outside of CheckHost
//	CheckHost        a rebound page must not even reach CORS (open gateways only)
//
// and at the GraphQL endpoint, inside of its trace and its log line:
//
//	CORS             pages must be able to read refusals; preflights carry no credentials
//	CSRF             costs nothing, so before anything that costs
//	Authenticate     identifies the caller
//	Rates            needs the caller; rejected requests take no place below
//	ReadBody         a slow client takes neither place nor time below
//	answers          package answers: a hit passes all above and takes no place below
//	Compress         a kept answer is compressed once; small answers pass unchanged
//	InFlight         only operations about to run take a place
//
// The package has no global state, and reads the environment only through a function it is given.
// TuneMemory alone changes the process: it configures the garbage collector.
package edge
