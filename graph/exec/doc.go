// Package exec answers a GraphQL operation breadth first.
//
// An operation is compiled once to a [Plan], which is kept with its document. An
// [Execution] of a plan has three steps:
//
//   - Resolve. Each field that needs work is resolved for all of its objects at once. Its
//     resolver requests data from loaders and returns a [Later]. When every reachable
//     field has been resolved, the loaders read all requested data together. That is one
//     turn; the fields below follow.
//   - Write. When no field is left to resolve, the answer is written depth first,
//     from tables of plain fields that are generated from the schema.
//   - Deferred fragments are resolved and written in the same way, each as a part
//     of its own, over the objects that the answer above holds.
//
// The package does not depend on Census or HTTP. A [Schema], which tools/gen generates from
// gqlgen's binding data, describes the GraphQL schema.
package exec
