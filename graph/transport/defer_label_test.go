package transport_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

// merged reads a deferred answer to its end and puts its parts together. It
// counts the parts, and the labels that they bear.
func merged(s *stream) (data any, parts int, labels map[string]int) {
	s.t.Helper()
	labels = make(map[string]int)
	for text := s.next(); text != ""; text = s.next() {
		var part struct {
			Data        any
			Incremental []struct {
				Data  map[string]any
				Path  []any
				Label string
			}
			Errors []any
		}
		if err := json.Unmarshal([]byte(text), &part); err != nil || part.Errors != nil {
			s.t.Errorf("%v: %s", err, text)
		}
		if part.Data != nil {
			data = part.Data
		}
		for _, i := range part.Incremental {
			at := data
			for _, element := range i.Path {
				if n, ok := element.(float64); ok {
					at = at.([]any)[int(n)]
				} else {
					at = at.(map[string]any)[element.(string)]
				}
			}
			merge(at.(map[string]any), i.Data)
			parts++
			labels[i.Label]++
		}
	}
	return data, parts, labels
}

func merge(into, from map[string]any) {
	for key, value := range from {
		known, ok := into[key].(map[string]any)
		if more, both := value.(map[string]any); ok && both {
			merge(known, more)
			continue
		}
		into[key] = value
	}
}

// TestDeferLabels has parts with the same label or none, which share fields. Each
// part comes with the label that the client gave it, and none is waited for in vain.
func TestDeferLabels(t *testing.T) {
	srv := newServer(t, &testschema.Resolvers{}, transport.Options{})
	for query, want := range map[string]map[string]int{
		`{item{id ...@defer{slow} ...@defer{slow}}}`:                                                        {"": 2},
		`{item{id ...@defer{slow} ...@defer{parent{id}}}}`:                                                  {"": 2},
		`{item{id ...@defer(label:"x"){slow} ...@defer(label:"x"){slow}}}`:                                  {"x": 2},
		`{item{id ...@defer(label:"x"){slow} ...@defer(label:"y"){slow}}}`:                                  {"x": 1, "y": 1},
		`{item{id ...@defer(label:""){slow} ...@defer(label:null){slow} ...@defer(label:"0"){slow}}}`:       {"": 2, "0": 1},
		`{item{id ...@defer{...@defer{slow}}}}`:                                                             {"": 2},
		`{item{id ...@defer(label:"x"){...@defer{...@defer(label:"x"){slow parent{id}}}}}}`:                 {"x": 2, "": 1},
		`{item{...F ...F}} fragment F on Item{id ...@defer{slow}}`:                                          {"": 1},
		`{item{...F @defer ...F @defer}} fragment F on Item{id slow}`:                                       {"": 1},
		`{item{...F @defer ...G @defer}} fragment F on Item{slow} fragment G on Item{slow ...F}`:            {"": 2},
		`{item{...G ...@defer{...F}}} fragment F on Item{id ...@defer{slow}} fragment G on Item{...F}`:      {"": 1},
		`{item{...F parent{...F}}} fragment F on Item{id ...@defer(label:"x"){slow}}`:                       {"x": 2},
		`{a:items(n:2){...F} b:items(n:2){...F ...@defer{slow}}} fragment F on Item{id ...@defer{slow}}`:    {"": 6},
		`query($v:Boolean=true){item{id ...@defer(if:$v){slow} ...@defer{slow}}}`:                           {"": 2},
		`query($v:Boolean=false){item{id ...@defer(if:$v){parent{id}} ...@defer{slow} ...@defer{slow}}}`:    {"": 2},
		`query($v:String="x"){item{id ...@defer(label:$v){slow} ...@defer(label:"x"){slow}}}`:               {"x": 2},
		`{item{parent{id ...@defer{slow}} parent{id ...@defer{slow}}}}`:                                     {"": 2},
		`{node{id ... on Item @defer{slow} ... on Node @defer{... on Item{slow}} ... on Other @defer{id}}}`: {"": 2},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		s := openStream(t, ctx, srv.URL, query)
		data, parts, labels := merged(s)
		text, _ := json.Marshal(data)
		var whole any
		_ = json.Unmarshal(ask(t, srv.URL, query).data, &whole)
		if plain, _ := json.Marshal(whole); string(text) != string(plain) {
			t.Errorf("%s\nin parts %s\nwhole    %s", query, text, plain)
		}
		for label, n := range want {
			parts -= n
			if labels[label] != n {
				t.Errorf("%s: %d parts are called %q, want %d", query, labels[label], label, n)
			}
		}
		if parts != 0 {
			t.Errorf("%s: the parts are called %v", query, labels)
		}
		cancel()
	}
}

// TestDeferLabelsAreShared has many requests execute one kept document.
func TestDeferLabelsAreShared(t *testing.T) {
	srv := newServer(t, &testschema.Resolvers{}, transport.Options{})
	const query = `query($v:String){item{id ...@defer(label:$v){slow} ...@defer(label:"x"){slow}}}`
	for range 3 {
		s := openStream(t, t.Context(), srv.URL, query)
		if _, _, labels := merged(s); labels[""] != 1 || labels["x"] != 1 {
			t.Errorf("the parts are called %v", labels)
		}
	}
	if a := ask(t, srv.URL, query); !strings.Contains(a.body, `"slow 0"`) {
		t.Error(a.body)
	}
}
