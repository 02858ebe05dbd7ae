package calls

import "testing"

func TestVersionOf(t *testing.T) {
	for base, want := range map[string]Version{
		"": V1, DefaultBaseURL: V1, "https://app.getcensus.com/api/v2": V2, "https://app.getcensus.com/api/v2/": V2, "http://127.0.0.1:8080/census/v2": V2,
		"http://127.0.0.1:8080": V1, "https://v2.test/api/v1": V1, "https://app.test/api/v20": V1, "https://v2": V1,
	} {
		if got := VersionOf(base); got != want || New("", Options{BaseURL: base}).WithToken("x").Version() != want {
			t.Errorf("%q is %s", base, got)
		}
	}
}
