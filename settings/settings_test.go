package settings

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"census-gateway/edge"
	"census-gateway/upstream/calls"
)

// Each number accepts its minimum and its maximum, and rejects values beyond them.
func TestRangesOfSettings(t *testing.T) {
	const many = 1 << 30
	n := func(least, most int) [4]string {
		return [4]string{fmt.Sprint(least - 1), fmt.Sprint(least), fmt.Sprint(most), fmt.Sprint(most + 1)}
	}
	aTimeout := [4]string{"99ms", "100ms", "1h", "1h1ms"}
	edges := map[string][4]string{ // below the minimum, minimum, maximum, above the maximum
		"operation-timeout": {"99ms", "100ms", "30s", "30001ms"}, "freshness": {"-1ms", "0s", "1h", "1h1ms"}, "stale": {"-1ms", "0s", "24h", "24h1ms"}, "redis-timeout": {"999us", "1ms", "1s", "1001ms"}, "lame-duck": {"-1ms", "0s", "1m", "60001ms"},
		"header-timeout": aTimeout, "body-timeout": aTimeout, "answer-timeout": aTimeout, "idle-timeout": aTimeout,
		"page-cache": n(0, 1<<40), "answer-cache": n(0, 1<<40), "max-sending": n(1<<20, 1<<40), "rate": n(0, 1_000_000), "burst": n(1, many), "max-header": n(8192, 1<<20),
		"max-body": n(1, many), "max-document": n(1, many), "max-tokens": n(1, many), "max-depth": n(1, many), "max-aliases": n(1, many),
		"max-root-fields": n(1, many), "max-directives": n(1, many), "max-selections": n(1, many), "max-pages": n(1, many),
		"watch-calls": n(1, 6000), "max-subscriptions": n(1, many), "max-in-flight": n(1, many), "max-connections": n(1, many), "census-calls": n(16, 256),
	}
	for flag, v := range edges {
		for i, value := range v {
			_, _, err := Read([]string{"--" + flag + "=" + value}, io.Discard)
			if inside := i == 1 || i == 2; inside != (err == nil) || err != nil && !strings.Contains(err.Error(), "--"+flag) {
				t.Errorf("--%s=%s: %v", flag, value, err)
			}
		}
	}
	for i := range reflect.TypeFor[Settings]().NumField() {
		f := reflect.TypeFor[Settings]().Field(i)
		flag := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(f.Tag.Get("env"), "GATEWAY_")), "_", "-")
		if _, tried := edges[flag]; !tried && (f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Int64 || f.Type.Kind() == reflect.Float64) {
			t.Errorf("this test has no values for --%s", flag)
		}
	}
}

// The tables of the documents list every setting with its default.
func TestSettingsAreDocumented(t *testing.T) {
	defaults := map[string]string{}
	for i := range reflect.TypeFor[Settings]().NumField() {
		if f := reflect.TypeFor[Settings]().Field(i); f.Tag.Get("env") != "" {
			defaults[f.Tag.Get("env")] = documented(f)
		}
	}
	row := regexp.MustCompile("(?m)^\\|(?:[^`|]*\\|)? ((?:`(?:GATEWAY|CENSUS|REDIS)_[A-Z_…]+`(?:, )?)+) \\| ([^|]*) \\|")
	for _, file := range []string{"../docs/operations.md", "../README.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, r := range row.FindAllSubmatch(text, -1) {
			names, values := strings.Split(string(r[1]), ", "), strings.Split(string(r[2]), ", ")
			for i, name := range names {
				name = strings.Trim(name, "`")
				if strings.HasSuffix(name, "…") {
					continue // several settings, described elsewhere
				}
				want, known := defaults[name]
				if value := values[min(i, len(values)-1)]; !known || seen[name] || value != want && !strings.HasPrefix(value, want+": ") {
					t.Errorf("%s has %s with %q, want it once, with %q", file, name, value, want)
				}
				seen[name] = true
			}
		}
		for name := range defaults {
			if file == "../docs/operations.md" && !seen[name] {
				t.Errorf("%s has no %s", file, name)
			}
		}
		if len(seen) < 8 {
			t.Errorf("%s has only %d settings", file, len(seen))
		}
	}
}

// documented returns the default of a setting as the documents write it.
func documented(f reflect.StructField) string {
	value := strings.ReplaceAll(f.Tag.Get("default"), "${baseURL}", calls.DefaultBaseURL)
	switch {
	case value == "${pageCache}":
		return "an eighth of memory (64MiB to 1GiB)"
	case value == "" && f.Type.Kind() == reflect.Bool:
		value = "false"
	case value == "":
		return "none"
	}
	return "`" + value + "`"
}

// Sizes are written as a number alone or with a unit.
func TestBytes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "65536": 65536, "1KiB": 1024, "64MiB": 64 << 20, "1536MiB": 1536 << 20, "2GiB": 2 << 30, "1TiB": 1 << 40} {
		s, _, err := Read([]string{"--page-cache=" + text}, io.Discard)
		if err != nil || s.PageCache != want {
			t.Errorf("%s: %d %v", text, s.PageCache, err)
		}
		if again, err := parseBytes(formatBytes(want)); err != nil || again != want {
			t.Errorf("%d is written as %s", want, formatBytes(want))
		}
	}
	for _, text := range []string{"64MB", "64M", "64mib", "64 MiB", "1.5GiB", "MiB", "", "0x10", "1e6", "9223372036854775807TiB", "8388608TiB"} {
		_, _, err := Read([]string{"--page-cache=" + text}, io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), "--page-cache") || !strings.Contains(err.Error(), "not "+strconv.Quote(text)) || !strings.HasSuffix(err.Error(), "0 to 1TiB") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A flag overrides the environment, and the environment overrides the settings file.
func TestPrecedenceOfSettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, []byte("GATEWAY_MAX_DEPTH=1\nGATEWAY_MAX_ALIASES=1\nGATEWAY_MAX_TOKENS=1\nGATEWAY_ADMIN_ADDR=127.0.0.1:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"SETTINGS": file, "MAX_DEPTH": "2", "MAX_ALIASES": "2", "MAX_PAGES": "2", "ADMIN_ADDR": ""} {
		t.Setenv("GATEWAY_"+name, value)
	}
	s, _, err := Read([]string{"--max-depth=3"}, io.Discard)
	if err != nil || s.MaxDepth != 3 || s.MaxAliases != 2 || s.MaxPages != 2 || s.MaxTokens != 1 || s.AdminAddr != "" {
		t.Errorf("%v %+v", err, s)
	}
}

// --help and --check-config list every setting.
func TestSettingsAreListed(t *testing.T) {
	var help, config bytes.Buffer
	if _, done, err := Read([]string{"--help"}, &help); err != nil || !done {
		t.Fatal(done, err)
	}
	s, _, err := Read(nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s.Print(&config)
	for i := range reflect.TypeFor[Settings]().NumField() {
		env := reflect.TypeFor[Settings]().Field(i).Tag.Get("env")
		if env != "" && (!strings.Contains(help.String(), "($"+env+")") || !strings.Contains("\n"+config.String(), "\n"+env+"=")) {
			t.Errorf("help or --check-config has no %s", env)
		}
	}
}

// Lists may be long, and may have spaces and empty entries.
func TestLongSettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings")
	hosts := strings.Repeat("gateway-of-a-long-name.test, ", 4000) + ", last.test ,"
	if err := os.WriteFile(file, []byte("GATEWAY_HOSTS="+hosts+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, _, err := Read([]string{"--settings", file}, io.Discard)
	if err != nil || len(s.Hosts) != 4001 || s.Hosts[1] != "gateway-of-a-long-name.test" || s.Hosts[4000] != "last.test" {
		t.Errorf("%v, %d hosts", err, len(s.Hosts))
	}
}

// A byte order mark at the beginning of a settings file is skipped. Some editors write one.
// Anywhere else it is an error.
func TestSettingsSkipAByteOrderMark(t *testing.T) {
	for text, good := range map[string]bool{
		"\ufeffGATEWAY_RATE=7\nGATEWAY_BURST=9\n": true, "\ufeff# none\r\nGATEWAY_RATE=7\r\nGATEWAY_BURST=9\r\n": true,
		"GATEWAY_RATE=7\n\ufeffGATEWAY_BURST=9\n": false,
	} {
		file := filepath.Join(t.TempDir(), "settings")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, _, err := Read([]string{"--settings", file}, io.Discard)
		if good != (err == nil) || good && (s.Rate != 7 || s.Burst != 9) {
			t.Errorf("%q: %v, %v, %d", text, err, s.Rate, s.Burst)
		}
	}
}

// A scope is one word, since no JWT could contain another.
func TestScopeIsOneWord(t *testing.T) {
	for scope, good := range map[string]bool{"": true, "read:runs": true, "read write": false} {
		_, _, err := Read([]string{"--simulate", "--jwt-issuer=i", "--jwt-audience=a", "--jwt-jwks=j", "--jwt-scope=" + scope}, io.Discard)
		if good != (err == nil) || err != nil && !strings.Contains(err.Error(), "GATEWAY_JWT_SCOPE (--jwt-scope) must be one word") {
			t.Errorf("%q: %v", scope, err)
		}
	}
}

// The default page cache grows with the available memory.
func TestDefaultPageCache(t *testing.T) {
	const mib = 1 << 20
	for memory, want := range map[int64]int64{
		0: 64 * mib, 128 * mib: 64 * mib, 512 * mib: 64 * mib, 2048 * mib: 256 * mib, 1000*mib + 1: 125 * mib, 8192 * mib: 1024 * mib, 1 << 45: 1024 * mib,
	} {
		if got := pageCacheFor(memory); got != want {
			t.Errorf("%d MiB: %d bytes, want %d MiB", memory/mib, got, want/mib)
		}
	}
	s, _, err := Read(nil, io.Discard)
	if err != nil || s.PageCache != pageCacheFor(edge.AvailableMemory(os.Getenv)) {
		t.Errorf("%d bytes, %v", s.PageCache, err)
	}
}

// An invalid number is rejected with a message that names the accepted values.
func TestInvalidNumbers(t *testing.T) {
	for arg, want := range map[string]string{
		"--freshness=5": "0s to 1h", "--page-cache=64MB": "0 to 1TiB", "--rate=many": "0 to 1000000", "--census-calls=1e2": "16 to 256",
	} {
		if _, _, err := Read([]string{arg}, io.Discard); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), strings.SplitAfter(arg, "=")[1]) {
			t.Errorf("%s: %v", arg, err)
		}
	}
}
