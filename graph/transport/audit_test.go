package transport_test

import (
	"os"
	"os/exec"
	"testing"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

// TestAudit runs the audits of the npm package graphql-http. It is skipped
// where they are not installed: npm ci in tools/audit does that.
func TestAudit(t *testing.T) {
	const dir = "../../tools/audit"
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node")
	}
	if _, err := os.Stat(dir + "/node_modules/graphql-http"); err != nil {
		t.Skip("graphql-http is not installed")
	}
	srv := newServer(t, &testschema.Resolvers{}, transport.Options{})
	out, err := exec.CommandContext(t.Context(), node, dir+"/audit.mjs", srv.URL).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}
