// Package graph answers GraphQL from Census: its coordinates are cursors,
// upstream's are ordinals and pages.
package graph

// Resolver answers fields. It keeps nothing: what an operation may use comes
// with its context (loadersOf).
type Resolver struct {
	appURL     string            // see Options.AppURL
	groupNames map[string]string // see Options.GroupNames
}
