// Package limits rejects expensive GraphQL operations before they cost a Census call.
//
// A Guard is a gqlgen extension. It looks at an operation after it was parsed
// and validated and before it is executed, so a refusal costs no call, and it
// reads the document without changing it: gqlgen shares one parsed document
// between requests.
//
// Two walks are made. The first measures the operation with its fragments
// expanded and stops at a budget, because n fragments that each spread the next
// one twice stand for 2^n selections. The second reckons the cost in Census
// pages, and only runs on what the first has found small enough.
//
// A rejected operation gets an error with the code QUERY_TOO_EXPENSIVE, which names the
// limit, the allowed number and the actual number.
//
// # Where it stands
//
// Register the Guard before every other extension: gqlgen asks the extensions
// in the order they were added, and its own complexity limit follows fragments
// without a budget. The limit on tokens is the parser's, the limit on the body
// is the transport's; neither is here.
//
//	guard, err := limits.New(schema, prices, limits.Options{})
//	srv.SetParserTokenLimit(2000)
//	srv.Use(guard)
//
// # Introspection
//
// gqlgen's executor starts every operation with DisableIntrospection true, and
// extension.Introspection turns it off. That flag alone answers a query for
// __schema with data and an error that has no code. The Guard refuses such an
// operation whole, with GRAPHQL_VALIDATION_FAILED, unless Limits.Introspection
// is set; it sets gqlgen's flag to match, so extension.Introspection is not
// needed and should be left out.
//
// # Suggestions
//
// "Did you mean" reveals the schema one guess at a time. SetDisableSuggestion(true)
// silences two rules of gqlparser (gqlgen 0.17.98); names of arguments, types, enum values
// and input fields are still suggested. Use both:
//
//	srv.SetDisableSuggestion(true)
//	srv.SetValidationRulesFn(limits.RulesWithoutSuggestions)
package limits
