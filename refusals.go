package main

import (
	"net/http"

	"census-gateway/edge"
	"census-gateway/edge/observe"
	"census-gateway/graph"
	"census-gateway/graph/limits"
	"census-gateway/graph/transport"
	"census-gateway/internal/errcodes"
	"census-gateway/internal/notes"
)

// forUntrusted is the reason for rejecting a document that is not trusted.
const forUntrusted = "untrusted"

// settingFor maps the reason for a rejection to the setting that an operator could change
// to allow the request. Other reasons have no such setting.
var settingFor = map[string]string{
	string(edge.ForHost):      "GATEWAY_HOSTS",
	string(edge.ForOrigin):    "GATEWAY_CORS_ORIGINS",
	string(edge.ForBrowser):   "GATEWAY_CORS_ORIGINS",
	string(edge.ForKey):       "GATEWAY_API_KEYS_FILE",
	string(edge.ForIssuer):    "GATEWAY_JWT_ISSUER",
	string(edge.ForAudience):  "GATEWAY_JWT_AUDIENCE",
	string(edge.ForSignature): "GATEWAY_JWT_JWKS",
	string(edge.ForNoJWKS):    "GATEWAY_JWT_JWKS",
	string(edge.ForScope):     "GATEWAY_JWT_SCOPE",
	string(edge.ForRate):      "GATEWAY_RATE",
	string(edge.ForInFlight):  "GATEWAY_MAX_IN_FLIGHT",
	string(edge.ForSending):   "GATEWAY_MAX_SENDING",
	string(edge.ForUnsigned):  "GATEWAY_WEBHOOK_SECRETS",
	transport.LimitBody:       "GATEWAY_MAX_BODY",
	transport.LimitDocument:   "GATEWAY_MAX_DOCUMENT",
	forUntrusted:              "GATEWAY_TRUSTED_DOCUMENTS",
	graph.LimitTokens:         "GATEWAY_MAX_TOKENS",
	string(limits.Depth):      "GATEWAY_MAX_DEPTH",
	string(limits.Aliases):    "GATEWAY_MAX_ALIASES",
	string(limits.RootFields): "GATEWAY_MAX_ROOT_FIELDS",
	string(limits.Directives): "GATEWAY_MAX_DIRECTIVES",
	string(limits.Selections): "GATEWAY_MAX_SELECTIONS",
	string(limits.Pages):      "GATEWAY_MAX_PAGES",
}

// reportRefused reports rejected requests that are not operations to the observer: requests with an
// unknown Host, preflights, and requests for the schema.
func (g *gateway) reportRefused(proxies edge.Proxies) func(*http.Request, *edge.Refusal) {
	return func(r *http.Request, why *edge.Refusal) {
		if why.Reason == "" { // an internal error, which is in the log
			return
		}
		g.observer.Refused(r.Context(), observe.Operation{Client: proxies.Client(r), Status: why.Status, Codes: []string{why.Code},
			Refusal: refusalOf(why, nil, nil)})
	}
}

// refusalOf returns the reason for rejecting a request, for the log and the metrics. The
// reason comes from why if it is not nil. Otherwise it comes from the operation's record
// and error codes.
func refusalOf(why *edge.Refusal, record *notes.Notes, codes []string) observe.Refusal {
	var refusal observe.Refusal
	switch {
	case why != nil:
		refusal.Reason, refusal.Cause = string(why.Reason), why.Cause
	case len(codes) == 0:
		return refusal
	case record.Limit != "":
		refusal.Reason = record.Limit
	case codes[0] == errcodes.Overloaded: // the answers in memory exceeded their limit
		refusal.Reason = string(edge.ForSending)
	case codes[0] == errcodes.Forbidden:
		refusal.Reason = forUntrusted
	}
	refusal.Setting = settingFor[refusal.Reason]
	return refusal
}
