package graph

import "github.com/vektah/gqlparser/v2/ast"

// SDL is the schema as it is served, in GraphQL's schema language.
func SDL() string { return sources[0].Input + "\n" + deferSDL }

// deferSDL defines the one directive that the schema has without saying so, since
// gqlgen knows it, and that clients do not know by themselves: it is no part of
// GraphQL's specification yet.
const deferSDL = `"""
Directs the executor to defer this fragment when the ` + "`if`" + ` argument is true or undefined.
"""
directive @defer(
  """Deferred when true or undefined."""
  if: Boolean = true

  """Unique name"""
  label: String
) on FRAGMENT_SPREAD | INLINE_FRAGMENT
`

// Schema is the schema, parsed.
func Schema() *ast.Schema { return NewExecutableSchema(Config{}).Schema() }
