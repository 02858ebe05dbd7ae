package sim

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestAuthorization(t *testing.T) {
	const token = "secret-token:abc"
	basic := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	for _, plain := range []bool{false, true} {
		c, _ := startAt(noon, Options{Token: token, Empty: true, PlainText401: plain})
		for header, want := range map[string]int{
			"Bearer " + token:        200,
			"bearer " + token:        200,
			basic("bearer", token):   200,
			basic("admin", token):    401,
			basic("bearer", "wrong"): 401,
			"Bearer wrong":           401,
			"Bearer":                 401,
			token:                    401,
			"":                       401,
		} {
			r, _ := http.NewRequest("GET", "http://census.test/api/v1/workspace", nil)
			r.Header.Set("Authorization", header)
			a, err := c.Transport().RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(a.Body)
			if a.StatusCode != want {
				t.Errorf("%q: %d, want %d", header, a.StatusCode, want)
			}
			refusal := map[bool]string{false: `{"status":401}`, true: "HTTP Token: Access denied.\n"}[plain]
			if want == 401 && string(body) != refusal {
				t.Errorf("%q: %s", header, body)
			}
		}
	}
}

func TestConnections(t *testing.T) {
	c, _ := startAt(noon, Options{Empty: true})
	for path, want := range map[string]string{
		"/sources/11":       `"name":"Snowflake"`,
		"/destinations/301": `"name":"Salesforce"`,
		"/workspace":        `"name":"Acme Production"`,
		"/sources?page=1":   `"total_records":5`,
		"/destinations":     `"total_records":12`,
		"/sources/13":       `"label":"Finance Redshift"`,
	} {
		if code, body := get(t, c, path); code != 200 || !strings.Contains(body, want) || !json.Valid([]byte(body)) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	if id := c.AddSource("Warehouse of Ops"); id != 16 {
		t.Errorf("the new source is %d", id)
	}
	if id := c.AddDestination("HubSpot EU"); id != 313 {
		t.Errorf("the new destination is %d", id)
	}
	for path, want := range map[string]string{"/sources?order=desc&per_page=1": "Warehouse of Ops", "/destinations?order=asc&per_page=6&page=3": "HubSpot EU"} {
		if _, body := get(t, c, path); !strings.Contains(body, want) || strings.Count(body, `"type":`) > 2 {
			t.Errorf("%s: %s", path, body)
		}
	}
	for _, path := range []string{"/sources/1", "/destinations/11", "/sources/11/models"} {
		if code, _ := get(t, c, path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
}
