package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A webhook receives the documented events, signed, in the copies that its Deliver decides.
func TestWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Empty: true})
		id := c.AddSync(Sync{Frequency: "never"})
		c.AddRun(id, Run{}) // before
		var mu sync.Mutex
		var got []string
		post := func(r *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			sum := hmac.New(sha256.New, []byte("secret"))
			sum.Write(body)
			signed := r.Header.Get("X-Signature") == base64.StdEncoding.EncodeToString(sum.Sum(nil))
			mu.Lock()
			defer mu.Unlock()
			got = append(got, fmt.Sprintf("%s %t", body, signed))
			return &http.Response{StatusCode: 204, Body: http.NoBody}, nil
		}
		stop := c.Send(Webhook{URL: "http://gateway.test/", Secret: "secret", Client: &http.Client{Transport: roundTripper(post)},
			Deliver: func(event string, _ Run) []Delivery {
				switch event {
				case "sync.started":
					return nil
				case "sync.completed":
					return []Delivery{{}, {After: time.Minute}}
				case "sync.failed":
					return []Delivery{{Forged: true}}
				}
				return []Delivery{{After: time.Second}}
			}})
		run := c.AddRun(id, Run{Status: "queued"})
		c.AddRun(id, Run{Status: "skipped"})
		expect := func(want ...string) {
			t.Helper()
			time.Sleep(3 * time.Second)
			mu.Lock()
			defer mu.Unlock()
			for i := range want {
				want[i] = strings.Replace(want[i], "{", fmt.Sprintf(`{"workspace_id":7,"sync_id":%d,"sync_run_id":%d,"event":`, id, run), 1)
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			got = nil
		}
		expect(`{"sync.triggered"} true`)
		c.UpdateRun(run, func(r *Run) { r.Status = "working" })
		expect()
		c.UpdateRun(run, func(r *Run) { r.Status = "failed" })
		expect(`{"sync.completed","status":"emergency"} true`, `{"sync.failed"} false`,
			`{"sync.alert.raised","alert_instance_id":`+fmt.Sprint(run)+`,"alert_type":"FailureAlertConfiguration","message":"Sync Failed","details":{}} true`)
		time.Sleep(time.Minute)
		expect(`{"sync.completed","status":"emergency"} true`)
		run = c.AddRun(id, Run{})
		expect(`{"sync.triggered"} true`, `{"sync.completed","status":"ok"} true`, `{"sync.success"} true`)
		stop() // while a copy is under way
		time.Sleep(time.Hour)
		expect()
	})
}
