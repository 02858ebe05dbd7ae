// Package transport carries GraphQL over HTTP: it turns a request into the
// parameters gqlgen executes, and gqlgen's answer into a response.
//
// It stands in for the transports that come with gqlgen, which answer some
// requests with the wrong status, repeat the body in errors and lose data
// under @defer. What it does follows the GraphQL over HTTP specification as
// the audits of the npm package graphql-http (1.23.1) read it:
//
//	request  POST with a JSON object; GET and HEAD with query parameters, queries only
//	answer   application/json or application/graphql-response+json, by Accept;
//	         multipart/mixed for @defer, where the client names it
package transport
