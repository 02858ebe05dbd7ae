package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

// shuffled returns resolvers whose slow fields fail in random order.
func shuffled() *testschema.Resolver {
	return &testschema.Resolver{Slow: func(context.Context, string) error {
		time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
		return gqlerror.Errorf("too slow")
	}}
}

var pathsOfErrors = regexp.MustCompile(`"path":(\[[^]]*\]),"locations"`)

// paths returns the paths of the errors in text, in order.
func paths(text string) (list []string) {
	for _, m := range pathsOfErrors.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// Fields may fail in any order. Their errors are in the order of the answer: by list index, then
// by field.
func TestErrorsStandAsTheAnswer(t *testing.T) {
	srv := newServer(t, shuffled(), transport.Options{})
	const query = `query($no:Boolean!){
		z:broken item{a:slowMaybe @include(if:$no) ...F b:slowMaybe parent{c:slowMaybe}} ...Root a:broken
		node{... on Other{slow} ... on Item{m:slowMaybe} ... on Item{id k:slowMaybe}}
	} fragment F on Item{y:slowMaybe ... on Item{a:slowMaybe parent{d:slowMaybe c:slowMaybe}}}
	fragment Root on Query{items(n:12){slowMaybe parent{slowMaybe}} m:broken}`
	want := []string{`["z"]`, `["item","y"]`, `["item","a"]`, `["item","parent","d"]`, `["item","parent","c"]`, `["item","b"]`}
	for i := range 12 {
		n := strconv.Itoa(i)
		want = append(want, `["items",`+n+`,"slowMaybe"]`, `["items",`+n+`,"parent","slowMaybe"]`)
	}
	want = append(want, `["m"]`, `["a"]`, `["node","m"]`, `["node","k"]`)
	for range 20 {
		a := post(t, srv.URL, asJSON, bodyOf(query, map[string]any{"no": false}))
		if got := paths(a.body); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %s\nwant %s\nin   %s", got, want, a.body)
		}
	}
}

// The order holds even if all data is null.
func TestErrorsOfNullsStandAsTheAnswer(t *testing.T) {
	srv := newServer(t, shuffled(), transport.Options{})
	for range 20 {
		a := ask(t, srv.URL, `{items(n:2){b:slow a:slow} q:brokenRequired}`)
		want := []string{`["items",0,"b"]`, `["items",0,"a"]`, `["items",1,"b"]`, `["items",1,"a"]`, `["q"]`}
		if got := paths(a.body); string(a.data) != "null" || !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %s\nwant %s\nin   %s", got, want, a.body)
		}
	}
}

// With two parts, each error is in the part of its field.
func TestErrorsComeWithTheirPart(t *testing.T) {
	res := &testschema.Resolver{Slow: func(ctx context.Context, id string) error {
		if id == "0" {
			return nil
		}
		return gqlerror.Errorf("too slow")
	}}
	srv := newServer(t, res, transport.Options{})
	s := openStream(t, t.Context(), srv.URL, `{item{id
		... @defer(label:"a"){b:slowMaybe slow a:slowMaybe parent{slowMaybe ... @defer(label:"c"){late:slowMaybe}}}
		... @defer(label:"b"){parent{id}}}}`)
	// Both parts select the parent, so it is not deferred.
	if first := s.next(); !reflect.DeepEqual(paths(first), []string{`["item","parent","slowMaybe"]`}) {
		t.Errorf("the first part is %s", first)
	}
	wants := map[string][]string{"a": {`["item","b"]`, `["item","a"]`}, "c": {`["item","parent","late"]`}}
	for text := s.next(); text != ""; text = s.next() {
		for _, part := range incremental(t, text) {
			if got := paths(part.text); !reflect.DeepEqual(got, wants[part.label]) {
				t.Errorf("part %s has the errors %s, want %s: %s", part.label, got, wants[part.label], part.text)
			}
			delete(wants, part.label)
		}
	}
	if len(wants) > 0 {
		t.Fatalf("these did not come: %v", wants)
	}
}

// An object may become null while its deferred parts are running. Those parts are dropped with
// their errors.
func TestErrorsOfNullsComeWithTheirPart(t *testing.T) {
	srv := newServer(t, shuffled(), transport.Options{})
	for range 20 {
		s := openStream(t, t.Context(), srv.URL, `{item{id b:slowMaybe
			... @defer(label:"a"){parent{slowBroken ... @defer(label:"c"){slowMaybe}}}}}`)
		if first := s.next(); !reflect.DeepEqual(paths(first), []string{`["item","b"]`}) {
			t.Errorf("the first part is %s", first)
		}
		for text := s.next(); text != ""; text = s.next() {
			for _, part := range incremental(t, text) {
				if got := paths(part.text); part.label != "a" || !reflect.DeepEqual(got, []string{`["item","parent","slowBroken"]`}) {
					t.Errorf("part %s has the errors %s: %s", part.label, got, part.text)
				}
			}
		}
	}
}

type labelledPart struct{ label, text string }

func incremental(t *testing.T, text string) (parts []labelledPart) {
	var whole struct{ Incremental []json.RawMessage }
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	for _, raw := range whole.Incremental {
		var part struct{ Label string }
		if err := json.Unmarshal(raw, &part); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, labelledPart{part.Label, string(raw)})
	}
	return parts
}

// The presenter provides short messages. They are used from the 21st error of a code on.
func TestManyErrorsAreShort(t *testing.T) {
	srv := newServer(t, shuffled(), transport.Options{Present: func(ctx context.Context, err error) *gqlerror.Error {
		out := graphql.DefaultErrorPresenter(ctx, err)
		out.Message, out.Extensions, out.Err = "a message in full", map[string]any{"code": "UPSTREAM_BUSY"}, transport.ShortMessage("short")
		if strings.HasSuffix(out.Path.String(), "boom") {
			out.Extensions["code"], out.Err = "UPSTREAM_TIMEOUT", errors.New("secret")
		}
		return out
	}})
	a := ask(t, srv.URL, `{items(n:25){slowMaybe} boom}`)
	for i, err := range a.errors {
		want := "a message in full"
		if i >= 20 && i < 25 {
			want = "short"
		}
		if err.Message != want {
			t.Errorf("error %d at %v says %q, want %q", i, err.Path, err.Message, want)
		}
	}
	if len(a.errors) != 26 {
		t.Errorf("%d errors", len(a.errors))
	}
}

// Errors over the byte limit are omitted from the end of the answer and counted. At least one
// error is reported.
func TestErrorsOfAnAnswerAreBounded(t *testing.T) {
	one := len(`{"message":"too slow","locations":[{"line":1,"column":14}],"path":["items",0,"slowMaybe"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}},`)
	for most, told := range map[int]int{1: 1, one: 1, 2*one - 1: 1, 2 * one: 2, 9 * one: 9, 10*one - 1: 9, 10 * one: 10} {
		srv := newServer(t, shuffled(), transport.Options{MaxErrorBytes: most})
		a := ask(t, srv.URL, `{items(n:10){slowMaybe}}`)
		omitted := fmt.Sprintf(`,"extensions":{"errorsOmitted":%d}}`, 10-told)
		if told == 10 {
			omitted = "]}}"
		}
		if len(a.errors) != told || !strings.HasSuffix(a.body, omitted) {
			t.Errorf("%d bytes: %d errors, want %d: %s", most, len(a.errors), told, a.body)
		}
		if got := paths(a.body); got[told-1] != fmt.Sprintf(`["items",%d,"slowMaybe"]`, told-1) {
			t.Errorf("%d bytes: the errors told are %s", most, got)
		}
	}
}
