// Package transport serves GraphQL over HTTP. It converts requests into gqlgen's parameters, and
// gqlgen's answers into responses.
//
// It replaces gqlgen's own transports. Those answer some requests with the wrong status, repeat
// the body in errors, and lose data under @defer. The package follows the GraphQL over HTTP
// specification as audited by the npm package graphql-http (1.23.1):
//
//	request  POST with a JSON object; GET and HEAD with query parameters, queries only
//	answer   application/json or application/graphql-response+json, by Accept;
//	         multipart/mixed for @defer, if the client names it
package transport
