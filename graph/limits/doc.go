// Package limits rejects expensive GraphQL operations before they cost a Census call.
//
// A Guard is a gqlgen extension. It checks an operation after parsing and validation and before
// execution, so a rejected operation costs no call. It does not modify the document, which gqlgen
// shares between requests.
//
// It makes two walks. The first measures the operation with its fragments expanded. It stops at a
// budget, because n fragments that each spread the next one twice stand for 2^n selections. The
// second estimates the cost in Census pages. It runs only if the first found the operation small
// enough.
//
// A rejected operation gets an error with the code QUERY_TOO_EXPENSIVE, which names the
// limit, the allowed number and the actual number.
//
// # Order of extensions
//
// Register the Guard before every other extension. gqlgen calls the extensions in the order of
// their registration, and its own complexity limit expands fragments without a budget. The parser
// limits the tokens, and the transport limits the body; this package does neither.
//
//	guard, err := limits.New(schema, prices, limits.Options{})
//	srv.SetParserTokenLimit(2000)
//	srv.Use(guard)
//
// # Introspection
//
// gqlgen's executor starts every operation with DisableIntrospection true, and
// extension.Introspection sets it to false. With that flag alone, gqlgen answers a query for
// __schema with data and an error without a code. The Guard rejects such an operation with
// GRAPHQL_VALIDATION_FAILED, unless Limits.Introspection is set. It sets gqlgen's flag to match,
// so do not use extension.Introspection.
//
// # Suggestions
//
// "Did you mean" reveals the schema one guess at a time. SetDisableSuggestion(true) silences only
// two rules of gqlparser (gqlgen 0.17.98). Arguments, types, enum values and input fields would
// still be suggested. Use both:
//
//	srv.SetDisableSuggestion(true)
//	srv.SetValidationRulesFn(limits.RulesWithoutSuggestions)
package limits
