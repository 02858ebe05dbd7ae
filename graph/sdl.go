package graph

import "github.com/vektah/gqlparser/v2/ast"

// SDL returns the schema in GraphQL's schema language.
func SDL() string { return sources[0].Input + "\n" + deferSDL }

// deferSDL defines @defer. gqlgen knows it, so the schema does not define it. Clients do not,
// since it is not yet part of GraphQL's specification.
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

// Schema returns the parsed schema.
func Schema() *ast.Schema { return NewExecutableSchema(Config{}).Schema() }
