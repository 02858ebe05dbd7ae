package observe

import "testing"

// env returns a getenv for these keys and values.
func env(kv ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return func(key string) string { return m[key] }
}

func TestEndpoint(t *testing.T) {
	const base, traces = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	for _, c := range []struct {
		env  []string
		want string // "" if tracing is off
		ok   bool
	}{
		{nil, "", true},
		{[]string{base, "http://c:4318"}, "http://c:4318/v1/traces", true},
		{[]string{base, "http://c:4318/otlp/"}, "http://c:4318/otlp/v1/traces", true},
		{[]string{base, "http://c:4318", traces, "https://d/t"}, "https://d/t", true},
		{[]string{base, "http://c:4318", "OTEL_SDK_DISABLED", "true"}, "", true},
		{[]string{base, "http://c:4318", "OTEL_TRACES_EXPORTER", "none"}, "", true},
		{[]string{base, "http://c:4318", "OTEL_TRACES_EXPORTER", "otlp"}, "http://c:4318/v1/traces", true},
		{[]string{base, "http://c:4318", "OTEL_TRACES_EXPORTER", "zipkin"}, "", false},
		{[]string{base, "http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}, "", false},
		{[]string{base, "http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"}, "http://c:4318/v1/traces", true},
		{[]string{base, "c:4318"}, "", false},
	} {
		got, err := endpoint(env(c.env...))
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("%v: %q %v", c.env, got, err)
		}
	}
}
