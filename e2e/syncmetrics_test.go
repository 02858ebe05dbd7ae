package e2e

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The metrics of every sync are served only at the admin address, and only if enabled. promtool
// accepts them, and their labels equal the answer to a query.
func TestSyncMetrics(t *testing.T) {
	t.Parallel()
	if a := do(t, "GET", start(t).admin+"/metrics/syncs", ""); a.status != 404 {
		t.Errorf("without the setting: %d", a.status)
	}
	g := start(t, "GATEWAY_SYNC_METRICS=true")
	if a := do(t, "GET", "http://"+g.host+"/metrics/syncs", ""); a.status != 404 {
		t.Errorf("at the address of callers: %d", a.status)
	}
	var text string
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		a := do(t, "GET", g.admin+"/metrics/syncs", "")
		text = a.body
		if a.status == 200 && strings.Count(text, "census_sync_read_success{") == 48 && strings.Contains(text, `destination="Salesforce"`) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d:\n%.2000s", a.status, text)
		}
	}
	all := g.query(t, `{syncs(first:100){nodes{databaseId label}}}`, nil)
	all.answered(t)
	var data struct {
		Syncs struct {
			Nodes []struct {
				DatabaseID int
				Label      *string
			}
		}
	}
	if err := json.Unmarshal(all.Data, &data); err != nil || len(data.Syncs.Nodes) != 48 {
		t.Fatalf("%v: %s", err, all.Data)
	}
	for _, y := range data.Syncs.Nodes {
		if y.Label == nil {
			y.Label = new(string)
		}
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^census_sync_info\{.*label="%s".*sync_id="%d"\} 1$`, regexp.QuoteMeta(*y.Label), y.DatabaseID)).MatchString(text) {
			t.Errorf("no %+v", y)
		}
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		return // CI has it
	}
	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = strings.NewReader(text)
	if output, err := check.CombinedOutput(); err != nil || len(output) > 0 {
		t.Errorf("promtool: %v: %s", err, output)
	}
}
