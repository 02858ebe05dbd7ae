package main

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

// Each number may be the least and the most it can be, and nothing beyond.
func TestSettingsAtTheirEdges(t *testing.T) {
	const many = 1 << 30
	n := func(least, most int) [4]string {
		return [4]string{fmt.Sprint(least - 1), fmt.Sprint(least), fmt.Sprint(most), fmt.Sprint(most + 1)}
	}
	aTimeout := [4]string{"99ms", "100ms", "1h", "1h1ms"}
	edges := map[string][4]string{ // too little, least, most, too much
		"operation-timeout": {"99ms", "100ms", "30s", "30001ms"}, "freshness": {"-1ms", "0s", "1h", "1h1ms"},
		"header-timeout": aTimeout, "body-timeout": aTimeout, "answer-timeout": aTimeout, "idle-timeout": aTimeout,
		"page-cache": n(0, 1<<40), "answer-cache": n(0, 1<<40), "rate": n(0, 1_000_000), "burst": n(1, many), "max-header": n(8192, 1<<20),
		"max-body": n(1, many), "max-document": n(1, many), "max-tokens": n(1, many), "max-depth": n(1, many), "max-aliases": n(1, many),
		"max-root-fields": n(1, many), "max-directives": n(1, many), "max-selections": n(1, many), "max-pages": n(1, many), "max-errors": n(1, many),
		"max-in-flight": n(1, many), "max-connections": n(1, many), "census-calls": n(16, 256),
	}
	for flag, v := range edges {
		for i, value := range v {
			_, _, err := parse([]string{"--" + flag + "=" + value}, io.Discard)
			if inside := i == 1 || i == 2; inside != (err == nil) || err != nil && !strings.Contains(err.Error(), "--"+flag) {
				t.Errorf("--%s=%s: %v", flag, value, err)
			}
		}
	}
	for i := range reflect.TypeFor[settings]().NumField() {
		f := reflect.TypeFor[settings]().Field(i)
		flag := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(f.Tag.Get("env"), "GATEWAY_")), "_", "-")
		if _, tried := edges[flag]; !tried && (f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Int64 || f.Type.Kind() == reflect.Float64) {
			t.Errorf("--%s is not tried", flag)
		}
	}
}

// Help and --check-config have every setting.
func TestSettingsAreListed(t *testing.T) {
	var help, config bytes.Buffer
	if err := run(t.Context(), []string{"--help"}, nil, &help, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"--check-config"}, nil, &config, io.Discard); err != nil {
		t.Fatal(err)
	}
	for i := range reflect.TypeFor[settings]().NumField() {
		env := reflect.TypeFor[settings]().Field(i).Tag.Get("env")
		if env != "" && (!strings.Contains(help.String(), "($"+env+")") || !strings.Contains("\n"+config.String(), "\n"+env+"=")) {
			t.Errorf("help or --check-config has no %s", env)
		}
	}
}
