package settings

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A mistyped name is reported, without its value.
func TestMistypedNames(t *testing.T) {
	environ := []string{"GATEWAY_FRESHNES=canary", "CENSUS_TOKEN=canary", "GATEWAY_PORT=canary", "GATEWAY_MAX_DEPTH=7", "PATH=/bin",
		"CENSUS_GATEWAY_SERVICE_HOST=10.0.0.1", "CENSUS_GATEWAY_PORT=tcp://10.0.0.1:80"} // as Kubernetes does
	if names := Misnamed(environ); !slices.Equal(names, []string{"CENSUS_TOKEN", "GATEWAY_FRESHNES", "GATEWAY_PORT"}) {
		t.Error(names)
	}
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, []byte("# ours\nGATEWAY_FRESHNES=canary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read([]string{"--settings", file}, io.Discard); err == nil || !strings.Contains(err.Error(), "line 2: GATEWAY_FRESHNES") || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}
