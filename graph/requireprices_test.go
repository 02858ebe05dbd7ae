package graph

import (
	"strings"
	"testing"
)

// The gateway does not start if a resolver has no price.
func TestEveryResolverIsPriced(t *testing.T) {
	schema := newSchema(&Resolver{}).schema
	if err := requirePrices(schema, fieldPrices()); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"Sync.health", "Query.syncs", "SyncSource.connectionName"} {
		without := fieldPrices()
		delete(without, name)
		if err := requirePrices(schema, without); err == nil || !strings.HasPrefix(err.Error(), name+" ") {
			t.Errorf("without the price of %s: %v", name, err)
		}
	}
}
