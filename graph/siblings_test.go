package graph_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/sim"
)

// A page of old runs that Census fails to return is null with an error. Other fields of the same
// sync are answered from the pages that arrived.
func TestFailedPageLeavesOtherFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, census := serve(sim.Options{Empty: true, Now: time.Now})
		id := census.AddSync(sim.Sync{Label: "Contacts"})
		for i := range 234 {
			census.AddRun(id, sim.Run{CreatedAt: time.Now().Add(time.Duration(i-234) * time.Second)})
		}
		census.Inject(sim.Fault{Match: func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "order=asc") }, Do: sim.HTML(500)})
		answer := post(t, h, `{ sync(id: "1") { label latestRun { syncId } runs(first: 2) { totalCount nodes { syncId } }
			oldest: runs(first: 2, orderBy: {direction: ASC}) { nodes { id } } } }`, "{}")
		want := `{
  "errors": [
    {
      "message": "Census cannot be reached or fails, so sync 1 cannot be read. Try again later.",
      "path": [
        "sync",
        "oldest"
      ],
      "extensions": {
        "code": "UPSTREAM_UNAVAILABLE"
      }
    }
  ],
  "data": {
    "sync": {
      "label": "Contacts",
      "latestRun": {
        "syncId": 1
      },
      "runs": {
        "totalCount": 234,
        "nodes": [
          {
            "syncId": 1
          },
          {
            "syncId": 1
          }
        ]
      },
      "oldest": null
    }
  }
}`
		if strings.TrimSpace(answer) != want {
			t.Error(answer)
		}
	})
}
