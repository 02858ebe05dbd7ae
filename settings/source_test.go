package settings

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The gateway serves made-up data only if GATEWAY_SIMULATE is set, or if no setting
// suggests a real Census. A forgotten token never leads to made-up data.
func TestMadeUpDataOnlyOnPurpose(t *testing.T) {
	for args, says := range map[string]string{
		"":           "",
		"--simulate": "",
		"--admin-addr=127.0.0.1:1 --sim-addr=127.0.0.1:2 --page-cache=0 --hosts=a.test":  "",
		"--simulate --addr=:8080 --api-keys-file=/keys --census-base-url=https://a.test": "",
		"--census-api-token=x --census-base-url=https://a.test --census-auth=basic":      "",
		"--pass-through --addr=:8080": "",

		"--census-api-token=":                              "CENSUS_API_TOKEN is set but empty",
		"--census-base-url=https://a.test":                 "CENSUS_BASE_URL is set",
		"--census-auth=basic":                              "CENSUS_AUTH is set",
		"--api-keys=a:b":                                   "GATEWAY_API_KEYS is set",
		"--api-keys-file=/keys":                            "GATEWAY_API_KEYS_FILE is set",
		"--jwt-issuer=i --jwt-audience=a --jwt-jwks=/keys": "GATEWAY_JWT_ISSUER is set",
		"--allow-open":                                     "GATEWAY_ALLOW_OPEN is set",
		"--addr=:8080":                                     "GATEWAY_ADDR is not on loopback",
		"--simulate --census-api-token=x":                  "GATEWAY_SIMULATE (--simulate) serves made-up data",
		"--simulate --pass-through":                        "GATEWAY_SIMULATE (--simulate) serves made-up data",
	} {
		s, _, err := Read(strings.Fields(args), io.Discard)
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v", args, err)
		}
		if want := !strings.Contains(args, "token=x") && !strings.Contains(args, "pass"); says == "" && s.Simulated() != want {
			t.Errorf("%s: simulated %v", args, s.Simulated())
		}
	}
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, []byte("CENSUS_API_TOKEN=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read([]string{"--settings", file}, io.Discard); err == nil || !strings.Contains(err.Error(), "CENSUS_API_TOKEN is missing") {
		t.Errorf("empty in the file: %v", err)
	}
	t.Setenv("CENSUS_API_TOKEN", "")
	if _, _, err := Read(nil, io.Discard); err == nil || !strings.Contains(err.Error(), "CENSUS_API_TOKEN is missing") {
		t.Errorf("empty in the environment: %v", err)
	}
}
