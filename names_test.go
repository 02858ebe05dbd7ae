package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Who mistypes a name learns it, and nobody else reads the value.
func TestMistypedNames(t *testing.T) {
	for _, name := range []string{"GATEWAY_FRESHNES", "CENSUS_TOKEN", "GATEWAY_PORT"} {
		t.Setenv(name, "canary")
	}
	t.Setenv("CENSUS_GATEWAY_SERVICE_HOST", "10.0.0.1") // as Kubernetes does
	t.Setenv("CENSUS_GATEWAY_PORT", "tcp://10.0.0.1:80")
	t.Setenv("GATEWAY_MAX_DEPTH", "7")
	var log bytes.Buffer
	if err := run(t.Context(), []string{"--check-config"}, nil, io.Discard, &log); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), `names="[CENSUS_TOKEN GATEWAY_FRESHNES GATEWAY_PORT]"`) || strings.Contains(log.String(), "canary") {
		t.Error(log.String())
	}
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, []byte("# ours\nGATEWAY_FRESHNES=canary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := parse([]string{"--settings", file}, io.Discard); err == nil || !strings.Contains(err.Error(), "line 2: GATEWAY_FRESHNES") || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}
