package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"census-gateway/upstream/sim"
)

const entities = "query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Sync { databaseId label } ... on SyncRun { databaseId outcome } } }"

// A router reads the schema with its keys, and gets entities by each key, in the order of the
// representations.
func TestFederation(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{Seed: 1})
	g := start(t, c.settings("GATEWAY_FEDERATION=true")...)
	var service struct {
		Service struct{ SDL string } `json:"_service"`
	}
	a := g.query(t, "query SubgraphIntrospectQuery { _service { sdl } }", nil)
	if a.answered(t); json.Unmarshal(a.Data, &service) != nil {
		t.Fatal(a.body)
	}
	doc, err := parser.ParseSchema(&ast.Source{Input: service.Service.SDL})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Sync", "SyncRun"} {
		var keys []string
		for _, key := range doc.Definitions.ForName(name).Directives.ForNames("key") {
			keys = append(keys, key.Arguments.ForName("fields").Value.Raw)
		}
		if got := strings.Join(keys, " "); got != "id databaseId" || len(doc.Definitions.ForName(name).Interfaces) > 0 {
			t.Errorf("%s has the keys %q and is a %q", name, got, doc.Definitions.ForName(name).Interfaces)
		}
	}
	if doc.Definitions.ForName("Node") != nil || doc.Definitions.ForName("Query").Fields.ForName("nodes") != nil || doc.Definitions.ForName("Query").Fields.ForName("syncs") == nil {
		t.Error("the schema contains Node or nodes, which other subgraphs may define too")
	}

	run := c.Runs(52)[0].ID
	for range 2 { // the second from the cache
		a = g.query(t, entities, map[string]any{"r": []any{
			map[string]any{"__typename": "SyncRun", "databaseId": run}, map[string]any{"__typename": "Sync", "id": "Sync:53"}, map[string]any{"__typename": "Sync", "databaseId": 52},
		}})
		a.answered(t)
		for i, want := range []string{fmt.Sprintf(`{"__typename":"SyncRun","databaseId":%d,"outcome":`, run), `{"__typename":"Sync","databaseId":53,"label":"`, `{"__typename":"Sync","databaseId":52,"label":"Accounts`} {
			var data struct {
				Entities []json.RawMessage `json:"_entities"`
			}
			if json.Unmarshal(a.Data, &data) != nil || len(data.Entities) != 3 || !strings.HasPrefix(string(data.Entities[i]), want) {
				t.Errorf("entity %d of %s, want %s…", i, a.body, want)
			}
		}
	}
	g.query(t, `{ _entities(representations: [{__typename: "Sync", id: "Sync:52"}]) { ... on Sync { label } } }`, nil).answered(t)
	if a := g.query(t, entities, map[string]any{"r": []any{map[string]any{"__typename": "Sync", "id": "Sync:999999"}, map[string]any{"__typename": "Sync", "id": "Sync:52"}}}); len(a.Errors) != 1 ||
		a.Errors[0].Extensions.Code != "NOT_FOUND" || !strings.Contains(string(a.Data), `[null,{`) {
		t.Errorf("an unknown entity: %s", a.body)
	}
	c.takeRequests()
	many := make([]any, 101)
	for i := range many {
		many[i] = map[string]any{"__typename": "Sync", "databaseId": i + 1}
	}
	for what, r := range map[string]any{"too many": many, "no list": 1, "another type": []any{map[string]any{"__typename": "User", "id": "User:1"}},
		"an id of another type": []any{map[string]any{"__typename": "Sync", "id": "SyncRun:1"}}, "no key": []any{map[string]any{"__typename": "Sync"}}, "null": nil} {
		if a := g.query(t, entities, map[string]any{"r": r}); len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "BAD_USER_INPUT" {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	c.expectNoRequests(t)
}

// Without federation, _service and _entities are unknown. Without introspection, _service is.
func TestFederationOff(t *testing.T) {
	t.Parallel()
	const service = "{ _service { sdl } }"
	off, silent := start(t), start(t, "GATEWAY_FEDERATION=true", "GATEWAY_INTROSPECTION=false")
	for _, a := range []answer{off.query(t, service, nil), silent.query(t, service, nil), off.query(t, entities, map[string]any{"r": []any{}})} {
		if len(a.Errors) == 0 || a.Errors[0].Extensions.Code != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	silent.query(t, entities, map[string]any{"r": []any{map[string]any{"__typename": "Sync", "id": "Sync:52"}}}).answered(t)
}
