// Package exec answers a GraphQL operation breadth first.
//
// An operation is compiled once to
// a [Plan], which is cached with its document. An [Execution] of a plan has three steps:
//
//   - Resolve. Each field that needs work is resolved for all of its objects at once. Its resolver
//     requests data from loaders and returns a [Later]. When every reachable field has been
//     resolved, the loaders read all requested data together. This is one turn. The fields below
//     follow in the next turn.
//   - Write. When all fields have been resolved, the answer is written depth first. Tables
//     generated from the schema write the plain fields.
//   - Deferred fragments are resolved and written in the same way, each as a part of its own. Its
//     objects come from the part that announced it.
//
// The package does not depend on Census or HTTP. A [Schema], which tools/gen generates from
// gqlgen's binding data, describes the GraphQL schema.
package exec
