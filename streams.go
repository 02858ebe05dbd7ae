package main

import (
	"context"
	"net/http"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/edge"
	"census-gateway/graph/transport"
)

// upgraded is api, and WebSockets for those who ask for one. Each of their operations goes
// through the layers of asked as a request of its own.
func (g *gateway) upgraded(api, asked http.Handler, origins edge.Origins, maxMessage int64) http.Handler {
	sockets := edge.Chain(transport.Sockets{Next: asked, MaxMessage: maxMessage, Last: g.streams.Connect}, edge.HandshakeCSRF(origins))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if transport.Upgrades(r) {
			sockets.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// last lets the answer to a subscription last.
func (g *gateway) last(ctx context.Context) (lasting context.Context, end func(), refusal *gqlerror.Error) {
	lasting, end, refused := g.streams.Subscribe(ctx)
	if refused != nil {
		refusal = &gqlerror.Error{Message: refused.Message, Extensions: map[string]any{"code": refused.Code, "retryAfterSeconds": int(refused.RetryAfter.Seconds())}}
	}
	return lasting, end, refusal
}
