package federation

import (
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// A router's fields are rewritten. All other documents stay the same, byte for byte.
func TestRewrites(t *testing.T) {
	x := Extension{SDL: "type Query", MaxTokens: 100}
	sync := []any{map[string]any{"__typename": "Sync", "id": "Sync:52"}}
	for _, tt := range []struct{ query, want string }{
		{"query a { _service { sdl } }", serviceText},
		{"{ s: _service { sdl } }", ""},
		{"{ _service { sdl } syncs { totalCount } }", ""},
		{"{ sync(id: 1) { label } } # _entities", ""},
		{"{ _entities(", ""},
		{"query($r: [_Any!]!) { _entities(representations: $r) { ... on Sync { id } } }", "query ($r: [ID!]!) { _entities: nodes(ids: $r) { ... on Sync { id } } }"},
		{"query($r: [_Any!]!) { a: _entities(representations: $r) { id } b: _entities(representations: $r) { id } }",
			"query ($r: [ID!]!) { a: nodes(ids: $r) { id } b: nodes(ids: $r) { id } }"},
		{"query a($r: [_Any!]!) { _entities(representations: $r) { id } } query b($r: [_Any!]!) { _entities(representations: $r) { id } }",
			"query a ($r: [ID!]!) { _entities: nodes(ids: $r) { id } } query b ($r: [ID!]!) { _entities: nodes(ids: $r) { id } }"},
		{`{ _entities(representations: [{__typename: "SyncRun", databaseId: 94}]) { __typename } }`, `query { _entities: nodes(ids: ["SyncRun:94"]) { __typename } }`},
	} {
		params := &graphql.RawParams{Query: tt.query, Variables: map[string]any{"r": slices.Clone(sync)}}
		err := x.MutateOperationParameters(t.Context(), params)
		got := params.Query
		if tt.want == "" {
			tt.want = tt.query
		} else if got != serviceText {
			got = strings.Join(strings.Fields(got), " ")
		}
		if err != nil || got != tt.want {
			t.Errorf("%s became %s, %v; want %s", tt.query, got, err, tt.want)
		}
		if strings.Contains(tt.want, "$r") && params.Variables["r"].([]any)[0] != "Sync:52" {
			t.Errorf("%s: %v", tt.query, params.Variables)
		}
	}
}
