package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"census-gateway/edge"
	"census-gateway/edge/observe"
	"census-gateway/graph"
	"census-gateway/mcp"
	"census-gateway/settings"
)

// remoteAddr carries the address of a tool's caller to the GraphQL request made for the call. A
// value sent by a client is overwritten.
const remoteAddr = "X-Census-Gateway-Remote-Addr"

// carried lists the headers that the GraphQL request copies from a tool call.
var carried = []string{"Authorization", "X-Api-Key", "X-Request-Id", "X-Forwarded-For", "Traceparent", "Tracestate", "Baggage"}

// tools returns the MCP server with its tools. Each call goes through api, as if its caller had
// sent the request.
func (g *gateway) tools(s settings.Settings, now *sources, api http.Handler) (*sdk.Server, mcp.Options, error) {
	version, _ := observe.Build()
	opt := mcp.Options{Schema: graph.Schema(), Documents: now.trusted.All(), Version: version, Log: g.log, MaxBody: s.MaxBody,
		Ask: func(ctx context.Context, header http.Header, request any) ([]byte, error) {
			inner := http.Header{"Graphql-Client-Name": {"mcp"}}
			for _, name := range carried {
				if values, ok := header[name]; ok {
					inner[name] = values
				}
			}
			a, err := askWithin(ctx, api, inner, header.Get(remoteAddr), request)
			if err != nil {
				return nil, err
			}
			return a.body.Bytes(), nil
		}}
	server, err := mcp.New(opt)
	if err != nil {
		return nil, opt, fmt.Errorf("GATEWAY_MCP (--mcp): %w", err)
	}
	return server, opt, nil
}

// serveMCP serves /mcp on mux, inside the layers around.
func (g *gateway) serveMCP(mux *http.ServeMux, s settings.Settings, now *sources, api http.Handler, around ...func(http.Handler) http.Handler) error {
	server, opt, err := g.tools(s, now, api)
	if err != nil {
		return err
	}
	served := mcp.Handler(server, opt)
	handler := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set(remoteAddr, r.RemoteAddr)
		r.Header.Set("X-Request-Id", edge.RequestIDFrom(r.Context()))
		served.ServeHTTP(w, r)
	}))
	handler = edge.Chain(handler, around...)
	if s.JWTIssuer != "" {
		handler = challenged(handler)
		for _, path := range []string{metadataPath, metadataPath + "/mcp"} {
			mux.Handle("GET "+path, metadata(s))
		}
	}
	mux.Handle("/mcp", handler)
	return nil
}

// metadataPath is where a client looks for the token issuer (RFC 9728).
const metadataPath = "/.well-known/oauth-protected-resource"

// originOf returns the scheme and host that the client of r used. It is https, which a proxy
// terminates, except on loopback.
func originOf(r *http.Request) string {
	host := r.Host
	if !strings.Contains(host, ":") {
		host += ":80"
	}
	if edge.IsLoopback(host) {
		return "http://" + r.Host
	}
	return "https://" + r.Host
}

// metadata serves the issuer and scope of the tokens that MCP clients need (RFC 9728).
func metadata(s settings.Settings) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served := map[string]any{"resource": originOf(r) + "/mcp", "authorization_servers": []string{s.JWTIssuer}, "bearer_methods_supported": []string{"header"}}
		if s.JWTScope != "" {
			served["scopes_supported"] = []string{s.JWTScope}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Access-Control-Allow-Origin", "*") // public, and read by clients in browsers
		json.NewEncoder(w).Encode(served)
	})
}

// challenged adds the address of the metadata to each 401 that next answers.
func challenged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&challenging{w, originOf(r) + metadataPath + "/mcp"}, r)
	})
}

type challenging struct {
	http.ResponseWriter
	at string
}

func (c *challenging) WriteHeader(status int) {
	if h := c.Header(); status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", strings.TrimPrefix(h.Get("WWW-Authenticate")+", ", ", ")+fmt.Sprintf("resource_metadata=%q", c.at))
	}
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (c *challenging) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// mcpOverStdio serves the tools over stdin and stdout, to the program that started it.
func mcpOverStdio(ctx context.Context, args []string, out, errOut io.Writer) error {
	s, done, err := settings.ReadCommand(args, out, settings.Command{Name: "mcp", Groups: []string{"Census", "Memory", "Limits", "Log", "What is served"},
		Help: "Serves the tools of the Model Context Protocol over stdin and stdout, for an agent on this machine. With GATEWAY_MCP=true the gateway serves them over HTTP."})
	switch {
	case err != nil || done:
		return err
	case s.PassThrough:
		return fmt.Errorf("mcp uses CENSUS_API_TOKEN and does not work with GATEWAY_PASS_THROUGH: unset GATEWAY_PASS_THROUGH")
	}
	s.MCP, s.APIKeys, s.APIKeysFile, s.JWTIssuer, s.Rate = true, "", "", "", 0 // the only caller is the program that started it
	g, err := open(ctx, s, errOut)
	if err != nil {
		return err
	}
	defer observe.Flush(g.log)
	defer g.tracing.Shutdown(context.WithoutCancel(ctx))
	var now sources
	handler, err := g.graph(s, &now)
	if err != nil {
		return err
	}
	server, _, err := g.tools(s, &now, edge.Chain(handler, edge.RequestID, g.observed(edge.Proxies{}), edge.Authenticate(edge.Open)))
	if err != nil {
		return err
	}
	if s.Simulated() {
		fmt.Fprintln(errOut, "Serving tools over a simulated Census with made-up runs, because CENSUS_API_TOKEN is not set.")
	}
	if err := server.Run(ctx, &sdk.StdioTransport{}); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}
