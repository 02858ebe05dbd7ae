package limits

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/handler"
)

// introspectionQuery is the query that tools send, with the same depth.
const introspectionQuery = `query IntrospectionQuery {
  __schema {
    queryType { name }
    types { ...FullType }
    directives { name args { ...Value } }
  }
}
fragment FullType on __Type {
  kind name
  fields(includeDeprecated: true) { name args { ...Value } type { ...Ref } }
  inputFields { ...Value } interfaces { ...Ref }
  enumValues(includeDeprecated: true) { name }
  possibleTypes { ...Ref }
}
fragment Value on __InputValue { name type { ...Ref } defaultValue }
fragment Ref on __Type {
  kind name
  ofType { ofType { ofType { ofType { ofType { ofType { ofType { kind name } } } } } } }
}`

func TestIntrospectionIsRefusedUnlessLetIn(t *testing.T) {
	g := newGuard(t, Options{})
	srv, es := server(g)
	for _, query := range []string{
		introspectionQuery,
		"{ x: __type(name: \"Sync\") { name } }",
		"{ ...F } fragment F on Query { ... { __schema { types { name } } } }",
	} {
		a := post(t, srv, query, nil)
		if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" || es.executed.Load() != 0 {
			t.Errorf("%.40s: %v", query, a.Errors)
		}
	}
	if a := post(t, srv, "{ __typename }", nil); len(a.Errors) > 0 || a.Data["introspects"] != false {
		t.Errorf("%+v", a)
	}
	g.limits.Introspection = true
	if a := post(t, srv, introspectionQuery, nil); len(a.Errors) > 0 || a.Data["introspects"] != true {
		t.Errorf("%+v", a)
	}
}

func TestCircularIntrospectionNeverReachesTheGuard(t *testing.T) {
	g := newGuard(t, Options{Limits: Limits{Introspection: true}})
	srv, es := server(g)
	query := "{ __schema { types { " + strings.Repeat("fields { type { ", 12)
	a := post(t, srv, query+"name "+strings.Repeat("}", strings.Count(query, "{")), nil)
	if len(a.Errors) == 0 || !strings.Contains(a.Errors[0].Message, "introspection depth") || es.executed.Load() != 0 {
		t.Errorf("%+v", a.Errors)
	}
	// The budget also holds without that rule.
	doc := loadUnchecked(t, "{ __schema { types { ...T } } } "+
		"fragment T on __Type { a: fields { type { ...T } } b: fields { type { ...T } } }")
	if _, r, _ := g.measure(doc, doc.Operations[0], nil); r == nil || r.Limit != Selections {
		t.Errorf("%+v", r)
	}
}

func TestNothingIsSuggested(t *testing.T) {
	misspelt := map[string]string{
		"field":         "{ sync(id: 1) { lable } }",
		"type of union": "{ node(id: 1) { label } }",
		"leaf":          "{ sync(id: 1) }",
		"argument":      "{ syncs(frist: 1) { totalCount } }",
		"type":          "{ node(id: 1) { ...F } } fragment F on Synk { id }",
		"enum":          "{ syncs(order: CREATE) { totalCount } }",
		"enum text":     "{ syncs(order: \"CREATED_\") { totalCount } }",
		"input":         "{ sync(id: 1) { runs(filter: {sinse: \"x\"}) { totalCount } } }",
	}
	said := func(srv *handler.Server, query string) (text string) {
		for _, e := range post(t, srv, query, nil).Errors {
			text += e.Message
		}
		return text
	}
	loud, _ := server(newGuard(t, Options{}))
	silent, _ := server(newGuard(t, Options{}))
	silent.SetDisableSuggestion(true)
	silent.SetValidationRulesFn(RulesWithoutSuggestions)
	for name, query := range misspelt {
		if got := said(loud, query); !strings.Contains(got, "ean") {
			t.Errorf("%s: nothing to silence in %q", name, got)
		}
		if got := said(silent, query); got == "" || strings.Contains(got, "ean") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if one, other := RulesWithoutSuggestions(), RulesWithoutSuggestions(); one == other {
		t.Error("one set of rules is shared")
	}
}
