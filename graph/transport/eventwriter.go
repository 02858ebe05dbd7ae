package transport

import "github.com/99designs/gqlgen/graphql"

// Reasons to end a stream early, as WebSocket close codes.
const (
	CloseRestart   = 1012 // the gateway stops, or the stream reached its maximum age: connect again
	CloseSlow      = 1013 // the client did not read its events: subscribe again with `after`
	CloseForbidden = 4403 // the credentials have expired
)

// A Closing is a cause for the gateway to end a stream.
type Closing interface {
	error
	CloseCode() int
}

// An eventWriter writes the events of a subscription. Nothing may follow complete or close.
type eventWriter interface {
	begin(id string) error // sends the cursor before the first event
	event(id string, resp *graphql.Response) error
	heartbeat() error
	complete() error
	close(code int, why string) error
}
