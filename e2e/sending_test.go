package e2e

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// The memory of large answers is limited from execution until they are sent, also for answers in
// parts. Here the limit is 16 MiB, and each of 60 clients that read nothing requests 7 MB.
func TestMemoryOfLargeAnswersIsLimited(t *testing.T) {
	const clients, most = 60, 16 << 20
	c := newCensus(t, sim.Options{})
	var fields strings.Builder
	for i := range 16 {
		fmt.Fprintf(&fields, ` f%d: runs(first: 1000) { nodes { id status outcome rawStatus createdAt updatedAt completedAt scheduledExecutionTime durationSeconds
			errorCode errorMessage errorDetail currentStep recordsProcessed recordsUpdated recordsFailed recordsInvalid } }`, i)
	}
	for name, form := range map[string]struct{ query, accept string }{
		"at once":  {"query Q%d { sync(id: 52) { " + fields.String() + " } }", "application/json"},
		"in parts": {"query Q%d { sync(id: 52) { id ... @defer { " + fields.String() + " } } }", "multipart/mixed;deferSpec=20220824, application/json"},
	} {
		g := start(t, c.settings(fmt.Sprintf("GATEWAY_MAX_SENDING=%d", most), "GATEWAY_FRESHNESS=1h", "GATEWAY_OPERATION_TIMEOUT=30s", "GATEWAY_PAGE_CACHE=67108864", "GATEWAY_ANSWER_CACHE=0")...)
		first := g.query(t, fmt.Sprintf(form.query, 0), nil)
		first.answered(t)
		if len(first.body) < 7_000_000 {
			t.Fatalf("%d bytes", len(first.body))
		}
		idle := g.peak(t)
		for i := range clients {
			conn := g.dial(t)
			conn.SetReadBuffer(4096)
			text := body(fmt.Sprintf(form.query, i+1), nil)
			if _, err := fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", form.accept, len(text), text); err != nil {
				t.Fatal(err)
			}
		}
		refused := regexp.MustCompile(`(?m)^census_gateway_refusals_total\{reason="sending"\} (\d+)$`)
		until(t, "all but two are rejected", func() bool {
			m := refused.FindStringSubmatch(do(t, "GET", g.admin+"/metrics", "").body)
			if m == nil {
				return false
			}
			n, err := strconv.Atoi(m[1])
			return err == nil && n >= clients-2
		})
		more := g.peak(t) - idle
		if more > 200 {
			t.Errorf("%s: %d MiB more than the %d MiB when idle", name, more, idle)
		}
	}
}
