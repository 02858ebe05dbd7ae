// Package graph answers GraphQL from Census: its coordinates are cursors,
// upstream's are ordinals and pages.
package graph

import "context"

// Resolver answers fields. It keeps nothing: what an operation may use comes
// with its context (loadersOf).
type Resolver struct {
	appURL string                                    // see Options.AppURL
	hold   func(ctx context.Context, bytes int) bool // see Options.Hold
}
