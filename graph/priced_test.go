package graph

import (
	"strings"
	"testing"
)

// The gateway does not start if a resolver has no price.
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
