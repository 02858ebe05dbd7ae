package graph

import (
	"strings"
	"testing"
)

// A resolver without a price keeps the gateway from starting.
func TestEveryResolverIsPriced(t *testing.T) {
	schema := newSchema(&Resolver{}).schema
	if err := priced(schema, prices()); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"Sync.health", "Query.syncs", "SyncSource.connectionName"} {
		without := prices()
		delete(without, name)
		if err := priced(schema, without); err == nil || !strings.HasPrefix(err.Error(), name+" ") {
			t.Errorf("without the price of %s: %v", name, err)
		}
	}
}
