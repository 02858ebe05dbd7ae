package sim

import (
	"net/http"
	"strconv"
	"time"
)

// An activation of V2 is the pair of a source and a destination.
type activation struct {
	id          string
	source      *connection // nil: it was removed
	destination connection
	number      int64 // place in the list
}

// activations returns the pairs that syncs use. A destination without syncs is paired with the
// first source. They are in order of creation, like their list.
func (c *Census) activations() (all []activation) {
	type pair struct{ source, destination int64 }
	pairs := map[pair]bool{}
	for _, s := range c.syncs {
		pairs[pair{s.SourceID, s.DestinationID}] = true
		pairs[pair{0, s.DestinationID}] = true
	}
	add := func(source *connection, id int64, d connection) {
		all = append(all, activation{activationID(id, d.id), source, d, int64(len(all))})
	}
	for _, d := range c.destinations {
		if !pairs[pair{0, d.id}] {
			add(&c.sources[0], c.sources[0].id, d)
		}
		for i := range c.sources {
			if p := &c.sources[i]; pairs[pair{p.id, d.id}] {
				add(p, p.id, d)
			}
		}
		if pairs[pair{deletedSource, d.id}] {
			add(nil, deletedSource, d)
		}
	}
	return all
}

func (c *Census) listActivations(r *http.Request) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.activations()
	row := func(i int) (id, at int64) { return all[i].number, all[i].number }
	return c.list(r, len(all), row, func(b []byte, i int) []byte { return c.appendActivation(b, all[i]) })
}

func (c *Census) fetchActivation(id string) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.activations() {
		if a.id == id {
			return success(c.appendActivation(nil, a))
		}
	}
	return notFound()
}

// appendActivation writes an activation as the documents show it: without a created_at of its
// own, with the source and the destination inside. Data that a gateway must not keep contains
// canaries.
func (c *Census) appendActivation(b []byte, a activation) []byte {
	o := object{b: b}
	o.open()
	o.str("id", a.id)
	o.str("name", a.destination.name)
	if a.source == nil {
		o.str("group_id", groups[0])
		o.raw("source", "null")
	} else {
		o.str("group_id", a.source.group)
		o.key("source")
		o.open()
		o.int("id", a.source.id)
		o.str("name", a.source.name)
		o.str("type", a.source.kind)
		o.close()
	}
	o.key("destination")
	o.open()
	if c.opt.V2.TextIDs {
		o.str("id", strconv.FormatInt(a.destination.id, 10))
	} else {
		o.int("id", a.destination.id)
	}
	o.str("type", a.destination.kind)
	o.time("created_at", time.Date(2023, 3, 1, 10, 0, 0, 0, time.UTC).AddDate(0, 0, int(a.number)))
	o.bool("last_test_succeeded", true)
	o.str("last_tested_at", "2026-11-03T08:20:00.000Z")
	o.bool("is_file_system_destination", a.destination.kind == "google_sheets")
	o.raw("connection_details", `{"instance":"connection_canary.my.example.com","refresh_token":"connection_canary","name":"connection_canary","id":"connection_canary"}`)
	o.raw("last_test_results", `{"steps":[{"step":"connect","status":"failed","error":{"message":"connection_canary"}}]}`)
	o.close()
	o.close()
	return o.b
}
