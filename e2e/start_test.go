package e2e

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// execute runs the program to its end.
func execute(t *testing.T, settings []string, args ...string) (out, errs string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	var o, e strings.Builder
	cmd.Env, cmd.Stdout, cmd.Stderr = append([]string{"GATEWAY_ADDR=127.0.0.1:0"}, settings...), &o, &e
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// Invalid settings, and settings that would give access to anybody, prevent the start. One line
// names the setting, without secrets.
func TestInvalidSettingsPreventStart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ settings, want string }{
		{"GATEWAY_ADDR=:0 CENSUS_API_TOKEN=CANARY", "GATEWAY_ALLOW_OPEN"},
		{"GATEWAY_ADDR=0.0.0.0:0 CENSUS_API_TOKEN=CANARY", "GATEWAY_ALLOW_OPEN"},
		{"GATEWAY_ADDR=[::]:0 CENSUS_API_TOKEN=CANARY", "GATEWAY_ALLOW_OPEN"},
		{"GATEWAY_ADDR=gateway.test:0 CENSUS_API_TOKEN=CANARY", "GATEWAY_ALLOW_OPEN"},
		{"GATEWAY_ADDR=nonsense", "GATEWAY_ADDR"},
		{"GATEWAY_ADMIN_ADDR=99999", "GATEWAY_ADMIN_ADDR"},
		{"GATEWAY_PASS_THROUGH=true CENSUS_API_TOKEN=CANARY", "GATEWAY_PASS_THROUGH"},
		{"GATEWAY_PASS_THROUGH=true GATEWAY_API_KEYS=a:CANARY", "GATEWAY_PASS_THROUGH"},
		{"GATEWAY_SIMULATE=true GATEWAY_API_KEYS=CANARY", "GATEWAY_API_KEYS"},
		{"GATEWAY_SIMULATE=true GATEWAY_API_KEYS=a:CANARY", "GATEWAY_API_KEYS"},
		{"GATEWAY_SIMULATE=true GATEWAY_API_KEYS_FILE=/nowhere", "GATEWAY_API_KEYS_FILE"},
		{"GATEWAY_SIMULATE=true GATEWAY_API_KEYS_FILE=/dev/null", "GATEWAY_API_KEYS_FILE"},
		{"GATEWAY_JWT_ISSUER=https://a.test", "GATEWAY_JWT_JWKS"},
		{"GATEWAY_SIMULATE=true GATEWAY_JWT_ISSUER=https://a.test GATEWAY_JWT_AUDIENCE=a GATEWAY_JWT_JWKS=/nowhere", "GATEWAY_JWT_JWKS"},
		{"GATEWAY_SIMULATE=true GATEWAY_JWT_ISSUER=https://a.test GATEWAY_JWT_AUDIENCE=a GATEWAY_JWT_JWKS=ftp://127.0.0.1/jwks", "GATEWAY_JWT_JWKS"},
		{"GATEWAY_API_KEYS=a:CANARY", "CENSUS_API_TOKEN is missing"},
		{"CENSUS_API_TOKEN=", "CENSUS_API_TOKEN is missing"},
		{"CENSUS_API_TOKEN= CENSUS_BASE_URL=https://census.test/api/v1", "CENSUS_API_TOKEN is missing"},
		{"GATEWAY_SIMULATE=true CENSUS_API_TOKEN=CANARY", "GATEWAY_SIMULATE"},
		{"GATEWAY_CORS_ORIGINS=*", "GATEWAY_CORS_ORIGINS"},
		{"GATEWAY_CORS_ORIGINS=null", "GATEWAY_CORS_ORIGINS"},
		{"GATEWAY_CORS_ORIGINS=https://app.test/path", "GATEWAY_CORS_ORIGINS"},
		{"CENSUS_BASE_URL=file:///etc/passwd", "CENSUS_BASE_URL"},
		{"CENSUS_BASE_URL=https://user:CANARY@census.test", "CENSUS_BASE_URL"},
		{"CENSUS_BASE_URL=https://census.test/?a=b", "CENSUS_BASE_URL"},
		{"CENSUS_AUTH=digest", "CENSUS_AUTH"},
		{"GATEWAY_ONLY_TRUSTED_DOCUMENTS=true", "GATEWAY_TRUSTED_DOCUMENTS"},
		{"GATEWAY_TRUSTED_DOCUMENTS=/nowhere", "/nowhere"},
		{"GATEWAY_OPERATION_TIMEOUT=31s", "GATEWAY_OPERATION_TIMEOUT"},
		{"GATEWAY_OPERATION_TIMEOUT=99ms", "GATEWAY_OPERATION_TIMEOUT"},
		{"GATEWAY_MAX_DEPTH=0", "GATEWAY_MAX_DEPTH"},
		{"GATEWAY_MAX_PAGES=-1", "GATEWAY_MAX_PAGES"},
		{"GATEWAY_MAX_BODY=99999999999", "GATEWAY_MAX_BODY"},
		{"GATEWAY_RATE=NaN", "GATEWAY_RATE"},
		{"GATEWAY_LOG_LEVEL=loud", "GATEWAY_LOG_LEVEL"},
		{"GATEWAY_SETTINGS=/nowhere", "GATEWAY_SETTINGS"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=collector.test:4318", "OTEL_EXPORTER_OTLP_ENDPOINT"},
	} {
		out, errs, code := execute(t, strings.Fields(tt.settings))
		if code != 1 || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 || strings.Contains(out+errs, "CANARY") || strings.Contains(out, "GraphQL at") {
			t.Errorf("%s: ended with %d: %s%s", tt.settings, code, out, errs)
		}
	}
}

// --check-config prints the settings from all sources, with secrets hidden, and makes one call to
// Census.
func TestCheckConfig(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{Seed: 1})
	file := write(t, "settings", "CENSUS_BASE_URL="+c.url+"\n# ours\nGATEWAY_MAX_DEPTH = 7\nGATEWAY_MAX_ALIASES=8\nGATEWAY_MAX_TOKENS=80\nCENSUS_API_TOKEN=secret-token:CANARY\n")
	out, errs, code := execute(t, []string{"GATEWAY_SETTINGS=" + file, "GATEWAY_MAX_ALIASES=1", "GATEWAY_MAX_PAGES=5", "GATEWAY_API_KEYS=CANARY:" + hashOf("x")},
		"--check-config", "--max-depth", "9")
	if code != 0 || errs != "" || strings.Contains(out, "CANARY") || strings.Contains(out, hashOf("x")) {
		t.Errorf("ended with %d: %s\n%s", code, errs, out)
	}
	for _, line := range []string{"GATEWAY_MAX_DEPTH=9", "GATEWAY_MAX_ALIASES=1", "GATEWAY_MAX_TOKENS=80", "GATEWAY_MAX_PAGES=5", "CENSUS_API_TOKEN=(hidden)", "GATEWAY_API_KEYS=(hidden)", "GATEWAY_MAX_BODY=256KiB"} {
		if !strings.Contains("\n"+out, "\n"+line+"\n") {
			t.Errorf("no line %s in\n%s", line, out)
		}
	}
	if n := c.startupCalls.Load(); n != 1 {
		t.Errorf("%d calls to Census", n)
	}
	if out, errs, code = execute(t, []string{"CENSUS_BASE_URL=" + c.url + "/v9", "CENSUS_API_TOKEN=CANARY"}, "--check-config"); code != 1 || !strings.Contains(errs, "CENSUS_BASE_URL") || strings.Contains(out+errs, "CANARY") {
		t.Errorf("a wrong prefix: ended with %d: %s", code, errs)
	}
	if err := os.WriteFile(file, []byte("GATEWAY_MAX_DEPHT=7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := execute(t, nil, "--check-config", "--settings", file); code != 1 || !strings.Contains(errs, "line 1") {
		t.Errorf("a misspelt setting: ended with %d: %s", code, errs)
	}
}

// A key made by --new-key is accepted, and its output on stdout is a valid line of a key file,
// whatever else is set.
func TestNewKey(t *testing.T) {
	t.Parallel()
	line, said, code := execute(t, []string{"CENSUS_BASE_URL=nonsense"}, "--new-key", "dashboards")
	if code != 0 || strings.Count(line, "\n") != 1 || strings.Count(said, "\n") != 1 {
		t.Fatalf("ended with %d: %s%s", code, line, said)
	}
	_, key, _ := strings.Cut(strings.TrimSpace(said), "shown only once): ")
	g := start(t, "GATEWAY_SIMULATE=true", "GATEWAY_API_KEYS_FILE="+write(t, "keys", "# ours\n"+line))
	g.query(t, "{sync(id:52){label}}", nil, "X-API-Key", key).answered(t)
	g.query(t, "{sync(id:52){label}}", nil).refused(t, 401, unauthorized)
	if strings.Contains(line, key) {
		t.Error("the line contains the key")
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	out, errs, code := execute(t, []string{"CENSUS_BASE_URL=nonsense", "GATEWAY_SETTINGS=/nowhere"}, "--version")
	if code != 0 || errs != "" || !regexp.MustCompile(`^census-gateway \S+, commit \S+, go1\.\S+\n$`).MatchString(out) {
		t.Errorf("ended with %d: %s%s", code, out, errs)
	}
}
