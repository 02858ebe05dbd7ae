package main

import (
	"context"
	"net/http"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/edge"
	"census-gateway/graph/transport"
)

// withWebSockets serves WebSocket upgrades, and passes other requests to api. Each
// operation on a WebSocket goes through the layers of inner as a request of its own.
func (g *gateway) withWebSockets(api, inner http.Handler, origins edge.Origins, maxMessage int64) http.Handler {
	sockets := edge.Chain(transport.Sockets{Next: inner, MaxMessage: maxMessage, Last: g.streams.Connect}, edge.HandshakeCSRF(origins))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if transport.Upgrades(r) {
			sockets.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// subscribe returns a context for a subscription without the time limit of a request; call
// end when it ends. It returns an error if the subscription is rejected.
func (g *gateway) subscribe(ctx context.Context) (lasting context.Context, end func(), refusal *gqlerror.Error) {
	lasting, end, refused := g.streams.Subscribe(ctx)
	if refused != nil {
		refusal = &gqlerror.Error{Message: refused.Message, Extensions: map[string]any{"code": refused.Code, "retryAfterSeconds": int(refused.RetryAfter.Seconds())}}
	}
	return lasting, end, refusal
}
