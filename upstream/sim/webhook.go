package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// A hook is a webhook someone registered.
type hook struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Events      []string `json:"events"`
	Endpoint    string   `json:"endpoint"`
	Secret      string   `json:"secret,omitempty"` // shown once, when created
}

// Events are the webhook events Census documents.
var Events = []string{
	"sync.triggered", "sync.started", "sync.completed", "sync.success", "sync.failed",
	"sync.alert.raised", "sync.alert.resolved",
}

// Webhook returns a delivery as Census would send it: the body, and the value
// of its X-Signature header, base64 of HMAC-SHA256 over the raw body.
func (c *Census) Webhook(runID int64, event string) (body []byte, signature string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.nowMS()
	c.advance(now)
	o := object{}
	o.open()
	o.int("workspace_id", 7)
	run := Run{ID: runID}
	if s, i := c.find(runID); s != nil {
		run = c.tell(s, &s.rows[i], now)
	}
	o.int("sync_id", run.SyncID)
	o.int("sync_run_id", run.ID)
	o.str("event", event)
	switch failed := run.Status == "failed"; {
	case event == "sync.completed" && failed:
		o.str("status", "emergency")
	case event == "sync.completed":
		o.str("status", "ok")
	case event == "sync.alert.raised", event == "sync.alert.resolved":
		o.int("alert_instance_id", run.ID%100_000)
		o.str("alert_type", "FailureAlertConfiguration")
		o.str("message", map[bool]string{true: "Sync Failed", false: "Sync Recovered"}[event == "sync.alert.raised"])
		o.str("details", run.ErrorMessage)
		o.str("followup_url", fmt.Sprintf("https://app.getcensus.com/workspaces/7/syncs/%d/sync-history", run.SyncID))
	}
	o.close()
	mac := hmac.New(sha256.New, []byte(c.opt.WebhookSecret))
	mac.Write(o.b)
	return o.b, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// WebhookSecret is the secret all deliveries are signed with.
func (c *Census) WebhookSecret() string { return c.opt.WebhookSecret }

func (c *Census) listHooks() reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	hooks := make([]hook, len(c.hooks))
	for i, h := range c.hooks {
		h.Secret = ""
		hooks[i] = h
	}
	data, _ := json.Marshal(hooks) // text and numbers cannot fail
	return success(data)
}

func (c *Census) createHook(r *http.Request) reply {
	var h hook
	if r.Body == nil {
		return refuse("a webhook needs a body")
	}
	text, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if json.Unmarshal(text, &h) != nil || !strings.HasPrefix(h.Endpoint, "https://") {
		return refuse("Endpoint must be a valid https URL")
	}
	if len(h.Events) == 0 {
		h.Events = Events // none named is all
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	h.ID = int64(len(c.hooks)) + 1
	h.Secret = c.opt.WebhookSecret
	c.hooks = append(c.hooks, h)
	data, _ := json.Marshal(h)
	return reply{http.StatusCreated, []byte(`{"status":"created","data":` + string(data) + `}`)}
}
