package accepts

import "testing"

func TestOf(t *testing.T) {
	for _, tt := range []struct {
		values []string
		what   string
		q      float64
		named  int
	}{
		{[]string{"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}, "text/html", 1, 2},
		{[]string{"text/html, */*;q=0.8"}, "application/json", 0.8, 0},
		{[]string{"application/json;q=0.2, application/*"}, "application/json", 0.2, 2},
		{[]string{"application/json;q=0", "*/*"}, "application/json", 0, 2},
		{[]string{"Application/JSON ; Q=0.5"}, "application/json", 0.5, 2},
		{[]string{"application/json;q=0.1, application/json;q=0.3"}, "application/json", 0.3, 2},
		{[]string{`text/plain;a="x,application/json;q=1"`}, "application/json", 0, 0},
		{[]string{"application/json;q=2"}, "application/json", 1, 2},
		{[]string{"applications/*"}, "application/json", 0, 0},
		{[]string{"br;q=0, *;q=0.1"}, "gzip", 0.1, 0},
		{[]string{"br;q=0, *;q=0.1"}, "br", 0, 2},
		{nil, "gzip", 0, 0},
	} {
		if w := Of(tt.values, tt.what); w.Q != tt.q || w.Named != tt.named {
			t.Errorf("%q in %q: %+v, want %v named %d", tt.what, tt.values, w, tt.q, tt.named)
		}
	}
}

func TestAnswer(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                  JSON,
		"*/*":                               JSON,
		"application/*":                     JSON,
		"application/json":                  JSON,
		"application/graphql-response+json": GraphQL,
		"application/json, application/graphql-response+json":                        GraphQL,
		"application/graphql-response+json;q=0.5, application/json;q=0.9":            JSON,
		"application/graphql-response+json;q=0.5, */*":                               JSON,
		"application/json;q=0, */*":                                                  GraphQL,
		"application/*;q=0.2, application/graphql-response+json;q=0.1":               JSON,
		"application/json;q=0":                                                       "",
		"text/html, multipart/mixed":                                                 "",
		"multipart/mixed, application/graphql-response+json, application/json;q=0.9": GraphQL,
	} {
		if got, _ := Answer([]string{accept}); got != want {
			t.Errorf("%q: %q, want %q", accept, got, want)
		}
	}
}
