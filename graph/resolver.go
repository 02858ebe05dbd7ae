// Package graph answers GraphQL queries from Census. It works with cursors, while upstream works
// with ordinals and pages.
package graph

// A Resolver resolves fields. It has no state; the data of an operation is in its context
// (loadersOf).
type Resolver struct {
	appURL     string            // see Options.AppURL
	groupNames map[string]string // see Options.GroupNames
}
