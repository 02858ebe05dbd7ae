// Package observe lets an operator see what the gateway does: a log line for
// each operation, Prometheus metrics, OpenTelemetry spans, and the handler that
// serves them beside the health checks.
//
// It takes plain data and knows neither GraphQL nor Census. An Observer is told
// of operations and of calls, either around them (StartOperation, StartCall),
// which is what a trace wants, or after them (Operation, Call), where only the
// end is to be had; never both for one and the same.
//
// What the outside world can choose does not become a label, and what could be
// a secret does not become anything: names are cut down to letters, digits and
// underscores, callers that are not plain identifiers are hashed, and neither
// variables nor query text are ever handed in. Label values are bounded in
// number too, so that a mistake in a template costs 64 time series and no more.
//
// Nothing here is global: the metrics have a registry of their own, and the
// tracer and the propagator are not the ones registered with the OpenTelemetry
// package. (Importing net/http/pprof does register with http.DefaultServeMux,
// as that package always has; no handler of the gateway serves that mux.)
package observe
