// Package exec answers a GraphQL operation breadth first.
//
// An operation is compiled once to a [Plan], which is kept with its document. An
// [Execution] of a plan has three steps:
//
//   - Resolve. Each field that needs work is resolved for all of its objects at
//     once. Its resolver asks loaders for what it needs and returns a [Later]. When
//     every field that can be reached has been asked, the loaders read all of it
//     together, and the values are there: that is one turn. Then the fields below.
//   - Write. When no field is left to resolve, the answer is written depth first,
//     from tables of plain fields that are generated from the schema.
//   - Deferred fragments are resolved and written in the same way, each as a part
//     of its own, over the objects that the answer above holds.
//
// The package knows nothing of Census or of HTTP. What it knows of the schema
// stands in a [Schema], which tools/gen generates from gqlgen's binding data.
package exec
