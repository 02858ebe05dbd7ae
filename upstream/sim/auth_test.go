package sim

import (
	"crypto/hmac"
	"crypto/sha256"
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

func TestWebhooks(t *testing.T) {
	c, _ := startAt(noon, Options{Empty: true, WebhookSecret: "s3cret"})
	sync := c.AddSync(Sync{ID: 52})
	run := c.AddRun(sync, Run{Status: "failed"})
	body, signature := c.Webhook(run, "sync.completed")
	if want := `{"workspace_id":7,"sync_id":52,"sync_run_id":425000001,"event":"sync.completed","status":"emergency"}`; string(body) != want {
		t.Errorf("body %s, want %s", body, want)
	}
	mac := hmac.New(sha256.New, []byte(c.WebhookSecret()))
	mac.Write(body)
	if want := base64.StdEncoding.EncodeToString(mac.Sum(nil)); signature != want {
		t.Errorf("signature %s, want %s", signature, want)
	}
	for _, event := range Events {
		if body, _ := c.Webhook(run, event); !json.Valid(body) {
			t.Errorf("%s: %s", event, body)
		}
	}

	code, created := call(t, c, "POST", "/webhooks", `{"name":"n","endpoint":"https://example.com/hook"}`)
	if code != 201 || !strings.HasPrefix(created, `{"status":"created","data":{"id":1,`) || !strings.Contains(created, `"secret":"s3cret"`) {
		t.Errorf("create: %d %s", code, created)
	}
	code, list := get(t, c, "/webhooks")
	if code != 200 || !strings.Contains(list, `"id":1`) || strings.Contains(list, "secret") {
		t.Errorf("list: %d %s", code, list)
	}
	for _, bad := range []string{``, `{"endpoint":"http://example.com"}`} {
		if code, body := call(t, c, "POST", "/webhooks", bad); code != 400 || !strings.HasPrefix(body, `{"status":"error","message":`) {
			t.Errorf("create %q: %d %s", bad, code, body)
		}
	}
}

func TestPlaces(t *testing.T) {
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
