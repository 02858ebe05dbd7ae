package e2e

import (
	"fmt"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

const (
	parseFailed   = "GRAPHQL_PARSE_FAILED"
	invalid       = "GRAPHQL_VALIDATION_FAILED"
	tooExpensive  = "QUERY_TOO_EXPENSIVE"
	tooLarge      = "PAYLOAD_TOO_LARGE"
	badInput      = "BAD_USER_INPUT"
	badRequest    = "BAD_REQUEST"
	unauthorized  = "UNAUTHENTICATED"
	forbidden     = "FORBIDDEN"
	unknownDoc    = "PERSISTED_QUERY_NOT_FOUND"
	overloaded    = "OVERLOADED"
	rateLimited   = "RATE_LIMITED"
	censusTimeout = "UPSTREAM_TIMEOUT"
	censusBusy    = "UPSTREAM_BUSY"
)

// repeat joins n texts; %d in format is the index of each.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%d") {
			fmt.Fprintf(&b, format, i)
		} else {
			b.WriteString(format)
		}
	}
	return b.String()
}

// doubling returns a chain of n fragments, each of which spreads the next one twice: 2^n fields.
func doubling(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Query{...F%d ...F%d}", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Query{sync(id:1){id}}", n)
	return b.String()
}

// Documents that are small to send, but expensive to parse, validate or execute.
func TestExpensiveDocuments(t *testing.T) {
	t.Parallel()
	deep := func(open, shut string) string { return strings.Repeat(open, 100_000) + strings.Repeat(shut, 100_000) }
	const deepest = 30_000 // within the limit of bytes
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings()...)
	for _, a := range []struct{ name, query, codes string }{
		{"1,000 aliases", "{" + repeat(1000, "a%d:sync(id:1){id}") + "}", parseFailed + tooExpensive},
		{"500 aliased syncs", "{" + repeat(500, "a%d:sync(id:%[1]d){id}") + "}", parseFailed + tooExpensive},
		{"31 aliases in a fragment", "{...F}fragment F on Query{sync(id:1){" + repeat(31, "a%d:id ") + "}}", tooExpensive},
		{"16 aliases spread twice", "{a:sync(id:1){...F}b:sync(id:2){...F}}fragment F on Sync{" + repeat(16, "a%d:label ") + "}", tooExpensive},
		{"31 aliases of leaves", "{sync(id:1){" + repeat(31, "a%d:__typename ") + "}}", tooExpensive},

		{"51 directives", "{sync(id:1){" + repeat(51, "id@include(if:true)") + "}}", tooExpensive},
		{"17 directives, three times", "{" + repeat(3, "s%d:sync(id:1){...F}") + "}fragment F on Sync{" + repeat(17, "id@skip(if:false)") + "}", tooExpensive},
		{"900 unknown directives", "{sync(id:1){id" + repeat(900, "@a%d") + "}}", invalid},
		{"10,000 unknown directives", "{sync(id:1){id" + repeat(10_000, "@x") + "}}", parseFailed + tooExpensive},
		{"10,000 includes", "{sync(id:1){id" + repeat(10_000, "@include(if:1)") + "}}", parseFailed + tooLarge + tooExpensive},

		{"1,900 equal fields", "{sync(id:1){" + repeat(1900, "id ") + "}}", tooExpensive},
		{"300 equal fields", "{sync(id:1){" + repeat(299, "id                                    ") + "}}", ""},
		{"5,000 equal fields", "{sync(id:1){" + repeat(5000, "id ") + "}}", parseFailed + tooExpensive},
		{"60,000 equal fields", "{sync(id:1){" + repeat(60_000, "id ") + "}}", parseFailed + tooLarge + tooExpensive},
		{"300 overlapping fragments", "{" + repeat(300, "...on Query{sync(id:1){id}}") + "}", parseFailed + tooExpensive},
		{"100,000 punctuators", repeat(100_000, "{}"), parseFailed + tooLarge},
		{"a comment of 60,000 characters", "#" + strings.Repeat("x", 60_000) + "\n{sync(id:52){label}}", ""},

		{"selections, 100,000 deep", deep("{a", "}"), parseFailed + tooLarge + tooExpensive},
		{"selections, 30,000 deep", strings.Repeat("{a", deepest), parseFailed + tooExpensive},
		{"lists, 30,000 deep", "{sync(id:" + strings.Repeat("[", deepest) + strings.Repeat("]", deepest) + "){id}}", parseFailed},
		{"objects, 15,000 deep", "{sync(id:" + strings.Repeat("{a:", deepest/2) + "){id}}", parseFailed + tooExpensive},
		{"types, 30,000 deep", "query($a:" + strings.Repeat("[", deepest) + "Int" + strings.Repeat("]", deepest) + "){__typename}", parseFailed},
		{"inline fragments, 900 deep", strings.Repeat("{...", 900) + strings.Repeat("}", 900), parseFailed + invalid},
		{"lists, 900 deep", "{sync(id:" + strings.Repeat("[", 900) + strings.Repeat("]", 900) + "){id}}", parseFailed + invalid},
		{"fields, 13 deep", "{sync(id:1){" + strings.Repeat("latestRun{sync{", 6) + "id" + strings.Repeat("}}", 6) + "}}", tooExpensive},

		{"a fragment that spreads itself", "{...A}fragment A on Query{...A}", invalid},
		{"two fragments in a cycle", "{...A}fragment A on Query{...B}fragment B on Query{...A}", invalid},
		{"a cycle that nothing spreads", "{sync(id:1){id}}fragment A on Query{...B}fragment B on Query{...A}", invalid},
		{"2^10 by fragments", "{...F0}" + doubling(10), ""},
		{"2^20 by fragments", "{...F0}" + doubling(20), tooExpensive},
		{"2^30 by fragments", "{...F0}" + doubling(30), tooExpensive},
		{"2^30, deferred", "{...F0@defer}" + doubling(30), tooExpensive},
		{"2^30, not spread", "{sync(id:1){id}}" + doubling(30), invalid},

		{"900 unknown fields", "{" + repeat(900, "f%d ") + "}", invalid},
		{"5,000 unknown fields", "{" + repeat(5000, "f%d ") + "}", parseFailed},
		{"a name of 60,000 letters", "{" + strings.Repeat("x", 60_000) + "}", invalid},
		{"a name of 100,000 letters", "{" + strings.Repeat("x", 100_000) + "}", invalid + tooLarge},
		{"2,000 operations", repeat(2000, "query Q%d{sync(id:1){id}}"), parseFailed + tooLarge + tooExpensive},
		{"100 operations, none named", repeat(100, "query Q%d{sync(id:1){label}}"), invalid},
		{"no operation", "fragment A on Query{sync(id:1){id}}", invalid + parseFailed},
		{"a schema", "type Query{a:Int}", parseFailed + invalid},
		{"a mutation", "mutation{a}", invalid},
		{"a subscription", "subscription{a}", invalid},
		{"21 fields of the root", "{" + repeat(21, "a%d:sync(id:1){id}") + "}", tooExpensive},
		{"syncs times runs", "{syncs(first:1000){nodes{runs(first:1000){totalCount}}}}", tooExpensive},
		{"syncs times runs times syncs", "{syncs(first:9){nodes{runs(first:9){nodes{sync{runs(first:1000){totalCount}}}}}}}", ""},
	} {
		t.Run(a.name, func(t *testing.T) {
			got := g.query(t, a.query, nil)
			if a.codes == "" {
				got.answered(t)
				c.takeRequests()
				return
			}
			if got.status < 400 || got.status > 499 || got.code() == "" || !strings.Contains(a.codes, got.code()) {
				t.Errorf("got %d %s, want %s: %.300s", got.status, got.code(), a.codes, got.body)
			}
			c.expectNoRequests(t)
		})
	}
}

// Introspection answers the queries of tools, but no circular query. If it is off, error messages
// do not help to guess the schema.
func TestIntrospection(t *testing.T) {
	t.Parallel()
	open, closed := start(t), start(t, "GATEWAY_INTROSPECTION=false")
	const ordinary = `query IntrospectionQuery{__schema{queryType{name}types{...T}directives{name locations args{...I}}}}
		fragment T on __Type{kind name fields(includeDeprecated:true){name args{...I}type{...R}}inputFields{...I}interfaces{...R}enumValues{name}possibleTypes{...R}}
		fragment I on __InputValue{name type{...R}defaultValue}
		fragment R on __Type{kind name`
	full := ordinary + strings.Repeat(" ofType{kind name", 8) + strings.Repeat("}", 9)
	open.query(t, full, nil).answered(t)
	circle := "{__schema{types{" + strings.Repeat("fields{type{", 6) + "name" + strings.Repeat("}}", 6) + "}}}"
	open.query(t, circle, nil).refused(t, 400, invalid, tooExpensive)
	open.query(t, `{__type(name:"Sync"){name}}`, nil).answered(t)
	if a := open.do(t, "GET", "/schema.graphql", ""); a.status != 200 || !strings.Contains(a.body, "type Query") {
		t.Errorf("/schema.graphql: %d", a.status)
	}
	if a := open.query(t, "{sync(id:1){labl}}", nil); !strings.Contains(a.body, "label") {
		t.Errorf("no suggestion: %s", a.body)
	}

	for _, query := range []string{full, circle, `{__type(name:"Sync"){name}}`, "{sync(id:1){id}__schema{types{name}}}", "{...F}fragment F on Query{s:__schema{types{name}}}"} {
		closed.query(t, query, nil).refused(t, 400, invalid)
	}
	for _, query := range []string{"{syncz(id:1){id}}", "{sync(id:1){labl}}", "{sync(iid:1){label}}", "{sync(id:1){...on Synk{id}}}",
		"{syncs(orderBy:{field:CREATED_A}){totalCount}}", "{syncs(orderBy:{feild:LABEL}){totalCount}}", "{sync(id:1)@skp(if:true){id}}"} {
		a := closed.query(t, query, nil)
		a.refused(t, 400, invalid)
		for _, word := range []string{"mean", "label", "CREATED_AT", "skip"} {
			if strings.Contains(a.body, word) {
				t.Errorf("%s is answered with a suggestion: %s", query, a.body)
			}
		}
	}
	if a := closed.do(t, "GET", "/schema.graphql", ""); a.status != 404 {
		t.Errorf("/schema.graphql: %d", a.status)
	}
	closed.query(t, "{__typename sync(id:52){__typename label}}", nil).answered(t)
}
