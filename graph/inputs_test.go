package graph_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// ask returns the answer to a query, and its number of calls to Census. The answer must be the
// same the second time.
func ask(t *testing.T, query, variables string) (data map[string]any, errors []gqlError, calls int) {
	t.Helper()
	h, census := serve(sim.Options{})
	var answer struct {
		Data   map[string]any
		Errors []gqlError
	}
	text := post(t, h, query, variables)
	calls = len(census.Calls())
	if again := post(t, h, query, variables); again != text { // with the values stored beside the document
		t.Errorf("%s with %s: %s\nand then %s", query, variables, text, again)
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Data, answer.Errors, calls
}

// isRefused checks that an operation is rejected because of an invalid input.
func isRefused(t *testing.T, query, variables, message string) {
	t.Helper()
	data, errors, calls := ask(t, query, variables)
	if len(errors) != 1 {
		t.Errorf("%s with %s: data %v, errors %v", query, variables, data, errors)
		return
	}
	if e := errors[0]; data != nil || calls != 0 || e.Message != message || e.Extensions["code"] != "BAD_USER_INPUT" || e.Path != nil {
		t.Errorf("%s with %s: data %v, %d calls, %v\nwant %q", query, variables, data, calls, e, message)
	}
}

// A variable's value must be exactly of its type. The error names the variable, the value sent
// and the valid values.
func TestInvalidVariables(t *testing.T) {
	const (
		outcomes = "query($v:[SyncRunOutcome!]){sync(id:52){runStats(filter:{outcomes:$v}){totalRuns}}}"
		filter   = "query($v:SyncRunFilter){sync(id:52){runs(filter:$v){totalCount}}}"
		first    = "query($v:Int){sync(id:52){runs(first:$v){totalCount}}}"
		id       = "query($v:ID!){sync(id:$v){id}}"
		label    = "query($v:String){syncs(filter:{labelContains:$v}){totalCount}}"
		include  = "query($v:Boolean!){sync(id:52){id label @include(if:$v)}}"
		since    = "query($v:DateTime!){sync(id:52){runStats(filter:{createdSince:$v}){totalRuns}}}"

		areOutcomes = "is not a valid SyncRunOutcome; expected one of IN_PROGRESS, SUCCEEDED, PARTIAL, FAILED, SKIPPED, CANCELED, UNKNOWN"
		isDateTime  = `is not a valid DateTime; expected RFC 3339 from 1970 to 9999, for example "2021-10-20T02:51:07.546Z"`
		isInt       = "is not a valid Int; expected a whole number from -2147483648 to 2147483647"
		isID        = "is not a valid ID; expected a string or a whole number"
	)
	for _, test := range []struct{ query, v, message string }{
		{outcomes, `["failed"]`, `$v[0]: "failed" ` + areOutcomes},
		{outcomes, `"Failed"`, `$v: "Failed" ` + areOutcomes},
		{outcomes, `["FAILED",1]`, `$v[1]: 1 ` + areOutcomes},
		{outcomes, `["FAILED",null]`, `$v[1]: must not be null`},
		{outcomes, `["FAILED",["FAILED"]]`, `$v[1]: a list ` + areOutcomes},
		{filter, `{"outcomes":["failed"]}`, `$v.outcomes[0]: "failed" ` + areOutcomes},
		{filter, `{"outcomes":"failed"}`, `$v.outcomes: "failed" ` + areOutcomes},
		{filter, `{"statuses":["queued"]}`, `$v.statuses[0]: "queued" is not a valid SyncRunStatus; expected one of QUEUED, WORKING, COMPLETED, FAILED, SKIPPED, UNKNOWN`},
		{filter, `{"createdSince":1}`, `$v.createdSince: 1 ` + isDateTime},
		{filter, `{"errorCodes":[1]}`, `$v.errorCodes[0]: 1 is not a valid String`},
		{filter, `{"fullSync":"true"}`, `$v.fullSync: "true" is not a valid Boolean; expected true or false`},
		{filter, `{"__typename":"SyncRunFilter"}`, `$v.__typename: SyncRunFilter has no such field`},
		{filter, `{"z":1,"b":1}`, `$v.b: SyncRunFilter has no such field`},
		{filter, `"x"`, `$v: "x" is not a valid SyncRunFilter; expected an object`},
		{"query($v:[SyncStatus!]){syncs(filter:{statuses:$v}){totalCount}}", `["ready"]`, `$v[0]: "ready" is not a valid SyncStatus; expected one of READY, UP_TO_DATE, FAILING, UNKNOWN`},
		{"query($v:OrderDirection!){sync(id:52){runs(orderBy:{direction:$v}){totalCount}}}", `"asc"`, `$v: "asc" is not a valid OrderDirection; expected one of ASC, DESC`},
		{"query($v:SyncOrder){syncs(orderBy:$v){totalCount}}", `{"field":"label"}`, `$v.field: "label" is not a valid SyncOrderField; expected one of CREATED_AT, LABEL, HEALTH`},
		{first, `"1"`, `$v: "1" ` + isInt},
		{first, `1.5`, `$v: 1.5 ` + isInt},
		{first, `1e400`, `$v: 1e400 ` + isInt},
		{first, `2147483648`, `$v: 2147483648 ` + isInt},
		{first, `true`, `$v: true ` + isInt},
		{first, `[1]`, `$v: a list ` + isInt},
		{id, `1.5`, `$v: 1.5 ` + isID},
		{id, `1e400`, `$v: 1e400 ` + isID},
		{id, `{}`, `$v: an object ` + isID},
		{id, `true`, `$v: true ` + isID},
		{id, `null`, `$v: must not be null`},
		{label, `1`, `$v: 1 is not a valid String`},
		{include, `1`, `$v: 1 is not a valid Boolean; expected true or false`},
		{include, `"true"`, `$v: "true" is not a valid Boolean; expected true or false`},
		{since, `"2025-01-01"`, `$v: "2025-01-01" ` + isDateTime},
		{since, `"2021-10-20T2:51:07Z"`, `$v: "2021-10-20T2:51:07Z" ` + isDateTime},
		{since, `"2021-10-20T02:51:07,546Z"`, `$v: "2021-10-20T02:51:07,546Z" ` + isDateTime},
		{since, `"2021-10-20T02:51:07+24:00"`, `$v: "2021-10-20T02:51:07+24:00" ` + isDateTime},
		{since, `1735689600`, `$v: 1735689600 ` + isDateTime},
		{since, `{}`, `$v: an object ` + isDateTime},
		{since, `["2025-01-01T00:00:00Z"]`, `$v: a list ` + isDateTime},
	} {
		isRefused(t, test.query, `{"v":`+test.v+`}`, test.message)
	}
	isRefused(t, id, `{}`, "$v: is required")
}

// A valid value is accepted in each form that the specification allows.
func TestValidVariables(t *testing.T) {
	for _, test := range []struct{ query, v string }{
		{"query($v:[SyncRunOutcome!]){sync(id:52){runs(filter:{outcomes:$v}){totalCount}}}", `"FAILED"`},
		{"query($v:SyncRunFilter){sync(id:52){runs(filter:$v){totalCount}}}", `{"outcomes":["FAILED","PARTIAL"],"statuses":"COMPLETED","createdSince":"2026-01-01T00:00:00+02:00","createdBefore":null,"fullSync":null}`},
		{"query($v:SyncRunFilter){sync(id:52){runs(filter:$v){totalCount}}}", `{"createdSince":"1970-01-01T00:00:00Z","createdBefore":"2026-01-01t00:00:00.5z"}`},
		{"query($v:SyncRunFilter){sync(id:52){runs(filter:$v){totalCount}}}", `null`},
		{"query($v:SyncOrder){syncs(orderBy:$v){totalCount}}", `{}`},
		{"query($v:Int){sync(id:52){runs(first:$v){totalCount}}}", `null`},
		{"query($v:ID!){sync(id:$v){id}}", `52`},
		{"query($v:ID!){sync(id:$v){id}}", `"52"`},
		{"query($v:[ID!]){syncs(ids:$v){totalCount}}", `52`},
		{"query($v:[ID!]){syncs(ids:$v){totalCount}}", `[52,"Sync:60"]`},
		{"query($v:Boolean){syncs(filter:{paused:$v}){totalCount}}", `false`},
	} {
		if data, errors, _ := ask(t, test.query, `{"v":`+test.v+`}`); errors != nil || data == nil {
			t.Errorf("%s with %s: %v", test.query, test.v, errors)
		}
	}
}

// A nullable variable must not be null at a non-null place, even if it has a default.
func TestNullVariablesAtNonNull(t *testing.T) {
	for _, test := range []struct{ query, message string }{
		{"query($v:Boolean=true){sync(id:52){id label @include(if:$v)}}", "$v: must not be null, because @include if is non-null"},
		{"query($v:Boolean=true){sync(id:52) @skip(if:$v){id}}", "$v: must not be null, because @skip if is non-null"},
		{"query($v:Boolean=true){...@include(if:$v){sync(id:52){id}}}", "$v: must not be null, because @include if is non-null"},
		{"query($v:Boolean=true){sync(id:52){...f @include(if:$v)}} fragment f on Sync{id}", "$v: must not be null, because @include if is non-null"},
		{"query($v:Boolean=true){sync(id:52){...f}} fragment f on Sync{id ...{label @skip(if:$v)}}", "$v: must not be null, because @skip if is non-null"},
		{`query($v:SyncRunFilter={createdSince:"2026-01-07T00:00:00Z"}){sync(id:52){runStats(filter:$v){totalRuns}}}`, "$v: must not be null, because filter is non-null"},
		{`query($v:[ID!]=["Sync:52"]){nodes(ids:$v){id}}`, "$v: must not be null, because ids is non-null"},
		{`query($v:ID="Sync:52"){nodes(ids:[$v]){id}}`, "$v: must not be null, because ids[0] is non-null"},
		{`query($v:ID="52"){sync(id:$v){id}}`, "$v: must not be null, because id is non-null"},
		{"query($v:SyncRunOutcome=FAILED){sync(id:52){runs(filter:{outcomes:[PARTIAL,$v]}){totalCount}}}", "$v: must not be null, because filter.outcomes[1] is non-null"},
		{"query($v:OrderDirection){sync(id:52){runs(orderBy:{direction:$v}){totalCount}}}", "$v: must not be null, because orderBy.direction is non-null"},
		{"query($v:SyncOrderField=LABEL){syncs(orderBy:{field:$v}){totalCount}}", "$v: must not be null, because orderBy.field is non-null"},
	} {
		isRefused(t, test.query, `{"v":null}`, test.message)
		if data, errors, _ := ask(t, test.query, `{}`); errors != nil || data == nil {
			t.Errorf("%s without: %v", test.query, errors)
		}
	}
}

// At a nullable place, a null variable means the same as a null literal.
func TestNullVariablesAtNullable(t *testing.T) {
	for _, test := range []struct{ query, literal string }{
		{"query($v:SyncRunFilter={outcomes:[FAILED]}){sync(id:52){runs(filter:$v){totalCount}}}", "{sync(id:52){runs(filter:null){totalCount}}}"},
		{"query($v:Int=3){sync(id:52){runs(first:$v){nodes{id}}}}", "{sync(id:52){runs(first:null){nodes{id}}}}"},
		{"query($v:[SyncRunOutcome!]=[FAILED]){sync(id:52){runStats(filter:{outcomes:$v}){totalRuns}}}", "{sync(id:52){runStats(filter:{outcomes:null}){totalRuns}}}"},
		{`query($v:[ID!]=["Sync:52"]){syncs(ids:$v){totalCount}}`, "{syncs(ids:null){totalCount}}"},
	} {
		h, _ := serve(sim.Options{})
		if got, want := post(t, h, test.query, `{"v":null}`), post(t, h, test.literal, `{}`); got != want {
			t.Errorf("%s: %s\nwant %s", test.query, got, want)
		}
	}
}

// Invalid literals that validation accepts are rejected, too, with their location.
func TestInvalidLiterals(t *testing.T) {
	const (
		isDateTime = `is not a valid DateTime; expected RFC 3339 from 1970 to 9999, for example "2021-10-20T02:51:07.546Z"`
		isInt      = "is not a valid Int; expected a whole number from -2147483648 to 2147483647"
	)
	for _, test := range []struct{ query, message string }{
		{`{sync(id:52){runStats(filter:{createdSince:"2025-01-01"}){totalRuns}}}`, `filter.createdSince: "2025-01-01" ` + isDateTime},
		{`{sync(id:52){runs(filter:{createdBefore:"2021-10-20T2:51:07Z"}){totalCount}}}`, `filter.createdBefore: "2021-10-20T2:51:07Z" ` + isDateTime},
		{`{sync(id:52){...f}} fragment f on Sync{runStats(filter:{createdBefore:1735689600}){totalRuns}}`, `filter.createdBefore: 1735689600 ` + isDateTime},
		{`query($v:DateTime){sync(id:52){runs(filter:{createdSince:{x:$v}}){totalCount}}}`, `filter.createdSince: an object ` + isDateTime},
		{`{sync(id:52){runs(filter:{createdSince:["2025-01-01T00:00:00Z"]}){totalCount}}}`, `filter.createdSince: a list ` + isDateTime},
		{`{sync(id:52){runs(filter:{createdSince:TODAY}){totalCount}}}`, `filter.createdSince: "TODAY" ` + isDateTime},
		{`{sync(id:52){runs(first:2147483648){totalCount}}}`, `first: 2147483648 ` + isInt},
		{`{syncRunStats(filter:{}){e:errors(first:3000000000){count}}}`, `first: 3000000000 ` + isInt},
		{`{sync(id:52){runs(last:{}){totalCount}}}`, `last: an object ` + isInt},
		{`{sync(id:{}){id}}`, `id: an object is not a valid ID; expected a string or a whole number`},
		{`{nodes(ids:["Sync:52",{}]){id}}`, `ids[1]: an object is not a valid ID; expected a string or a whole number`},
		{`{sync(id:52){id @include(if:{})}}`, `@include if: an object is not a valid Boolean; expected true or false`},
		{`{syncs(orderBy:{direction:{}}){totalCount}}`, `orderBy.direction: an object is not a valid OrderDirection; expected one of ASC, DESC`},
	} {
		isRefused(t, test.query, `{"v":null}`, test.message)
	}
}

// A whole number is an Int in every notation.
func TestIntsOfVariables(t *testing.T) {
	h, _ := serve(sim.Options{})
	const query = "query($v:Int){sync(id:52){runs(first:$v){nodes{id}}}}"
	for sent, same := range map[string]string{"2.0": "2", "2e0": "2", "20e-1": "2", "1e3": "1000", "-0.0": "0", "-2147483648.0": "-2147483648"} {
		if got, want := post(t, h, query, `{"v":`+sent+`}`), post(t, h, query, `{"v":`+same+`}`); got != want || strings.Contains(got, "is not a valid Int") {
			t.Errorf("%s: %s\nwant as %s: %s", sent, got, same, want)
		}
	}
	isRefused(t, query, `{"v":2147483648.0}`, "$v: 2147483648.0 is not a valid Int; expected a whole number from -2147483648 to 2147483647")
}

// The error of a literal has its location.
func TestLiteralsLocation(t *testing.T) {
	h, _ := serve(sim.Options{})
	r := httptest.NewRequest("GET", "/graphql?query="+url.QueryEscape("{\n  sync(id: 52) { runs(first: 2147483648) { totalCount } } }"), nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `"locations":[{"line":2,"column":30}]`) {
		t.Error(w.Body)
	}
}

// For any invalid argument the gateway does not fail. An error belongs to the request, or its
// path contains only fields, not arguments.
func TestPathsOfInputErrors(t *testing.T) {
	h, _ := serve(sim.Options{})
	values := []string{`null`, `{}`, `[]`, `[null]`, `[[]]`, `{"a":1}`, `"x"`, `""`, `"52"`, `1`, `-1`, `1.5`, `1e400`, `2147483648`, `99999999999999999999`, `true`,
		`"asc"`, `["failed"]`, `"2026-01-01"`, `"2026-01-01T00:00:00Z"`, `{"createdSince":1}`, `{"outcomes":{}}`, `{"direction":null}`, `{"field":1}`}
	for argument, query := range map[string]string{
		"id: ID!":                     "sync(id: $v) { id label }",
		"ids: [ID!]!":                 "nodes(ids: $v) { id }",
		"ids: [ID!]":                  "syncs(ids: $v, first: 1) { nodes { id } }",
		"id in a list: ID":            "nodes(ids: [52, $v]) { id }",
		"filter: SyncRunFilter!":      "sync(id: 52) { runStats(filter: $v) { truncated } }",
		"filter: SyncRunFilter":       "sync(id: 52) { runs(filter: $v, first: 1) { nodes { id } } }",
		"outcomes: [SyncRunOutcome!]": "sync(id: 52) { runs(filter: {outcomes: $v}, first: 1) { nodes { id } } }",
		"since: DateTime":             "sync(id: 52) { runs(filter: {createdSince: $v}, first: 1) { nodes { id } } }",
		"order: SyncRunOrder":         "sync(id: 52) { runs(orderBy: $v, first: 1) { nodes { id } } }",
		"direction: OrderDirection":   "sync(id: 52) { runs(orderBy: {direction: $v}, first: 1) { nodes { id } } }",
		"syncs filter: SyncFilter":    "syncs(filter: $v, first: 1) { nodes { id } }",
		"first: Int":                  "sync(id: 52) { runs(first: $v) { totalCount } }",
		"after: String":               "sync(id: 52) { runs(after: $v, first: 1) { nodes { id } } }",
		"errors first: Int":           `sync(id: 52) { runStats(filter: {createdSince: "2026-01-07T00:00:00Z"}) { errors(first: $v) { code } } }`,
		"zone: String":                `syncRunStats(syncIds: [52], filter: {createdSince: "2026-01-07T00:00:00Z"}) { series(bucket: DAY, timeZone: $v) { totalRuns } }`,
		"bucket: TimeBucket!":         `sync(id: 52) { runStats(filter: {createdSince: "2026-01-07T00:00:00Z"}) { series(bucket: $v) { totalRuns } } }`,
	} {
		_, want, _ := strings.Cut(argument, ": ")
		if argument == "id in a list: ID" {
			want += " = 52"
		}
		for _, v := range values {
			var answer struct {
				Data   any
				Errors []gqlError
			}
			text := post(t, h, "query($v: "+want+") { "+query+" }", `{"v":`+v+`}`)
			if err := json.Unmarshal([]byte(text), &answer); err != nil {
				t.Fatal(err)
			}
			for _, e := range answer.Errors {
				if e.Extensions["code"] == "INTERNAL_SERVER_ERROR" || e.Path == nil && answer.Data != nil || slices.ContainsFunc(e.Path, isNoField(query)) {
					t.Errorf("%s with %s: %s", query, v, text)
				}
			}
		}
	}
}

// isNoField returns a function that reports whether an element of a path is neither an index nor a
// field of query. The query must have no aliases.
func isNoField(query string) func(step any) bool {
	return func(step any) bool {
		name, ok := step.(string)
		return ok && !strings.Contains(query, name+"(") && !strings.Contains(query, name+" ")
	}
}
