// Package observe shows operators what the gateway does. It provides a log line for each
// operation, Prometheus metrics, OpenTelemetry spans, and the handler that serves metrics and
// health checks.
//
// The package takes plain data and does not know GraphQL or Census. Report an operation or a call
// to an Observer in one of two ways. StartOperation and StartCall surround it, as a trace needs.
// Operation and Call report it afterwards, if only its end is known. Never use both for the same
// one.
//
// A value that clients choose does not become a label, and a value that could be a secret is not
// recorded at all. Names are reduced to letters, digits and underscores. Callers that are not
// plain identifiers are hashed. Variables and query text are never passed in. The number of label
// values is limited too, so a mistake in a template costs at most 64 time series.
//
// The package has no global state. The metrics have their own registry, and the tracer and the
// propagator are not the ones registered with the OpenTelemetry package. (Importing
// net/http/pprof registers with http.DefaultServeMux, as always; no handler of the gateway serves
// that mux.)
package observe
