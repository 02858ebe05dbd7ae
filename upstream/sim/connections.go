package sim

import (
	"net/http"
	"slices"
	"time"
)

// AddSource adds a Snowflake source with the given name to the first group and returns its id.
func (c *Census) AddSource(name string) int64 { return c.AddSourceIn(groups[0], name) }

// AddSourceIn adds a Snowflake source with the given name to a group and returns its id.
func (c *Census) AddSourceIn(group, name string) int64 {
	return c.addConnection(&c.sources, connection{name: name, kind: "snowflake", group: group})
}

// AddDestination adds a HubSpot destination with the given name and returns its id.
func (c *Census) AddDestination(name string) int64 {
	return c.addConnection(&c.destinations, connection{name: name, kind: "hubspot"})
}

func (c *Census) addConnection(list *[]connection, added connection) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	added.id = (*list)[len(*list)-1].id + 1
	*list = append(*list, added)
	return added.id
}

// appendSource writes a source. Data that a gateway must not keep contains the canary word.
func appendSource(b []byte, p connection, i int) []byte {
	o := object{b: b}
	o.open()
	o.int("id", p.id)
	o.str("name", p.name)
	o.strOrNull("label", p.label)
	o.str("type", p.kind)
	o.str("sync_engine", "advanced")
	o.time("created_at", time.Date(2023, 2, 15+i, 10, 0, 0, 0, time.UTC))
	o.raw("last_test_results", `{"steps":[{"step":"connect","status":"failed","error":{"message":"connection_canary.us-east-1.example.com refused connection_canary"}}]}`)
	o.bool("last_test_succeeded", false)
	o.str("last_tested_at", "2025-11-03T08:15:00.000Z")
	o.raw("connection_details", `{"account":"connection_canary","host":"connection_canary.us-east-1.example.com","user":"connection_canary","password":"connection_canary",`+
		`"name":"connection_canary","label":"connection_canary","type":"connection_canary","warehouse":"REVERSE_ETL"}`)
	o.int("warehouse_writeback_retention_in_days", 7)
	o.str("x_region", "us-east-1")
	o.close()
	return o.b
}

// appendDestination writes a destination, with canaries as in a source.
func appendDestination(b []byte, p connection, i int) []byte {
	o := object{b: b}
	o.open()
	o.int("id", p.id)
	o.str("name", p.name)
	o.str("type", p.kind)
	o.time("created_at", time.Date(2023, 3, 1+i, 10, 0, 0, 0, time.UTC))
	o.raw("last_test_results", "null")
	o.bool("last_test_succeeded", true)
	o.str("last_tested_at", "2025-11-03T08:20:00.000Z")
	o.raw("connection_details", `{"instance":"connection_canary.my.example.com","refresh_token":"connection_canary","name":"connection_canary","sandbox":false}`)
	o.bool("is_file_system_destination", p.kind == "google_sheets")
	o.str("x_region", "us-east-1")
	o.close()
	return o.b
}

// An appendConnection writes the i-th connection of a list.
type appendConnection func(b []byte, p connection, i int) []byte

func (c *Census) listConnections(r *http.Request, v version, list *[]connection, item appendConnection) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := shownConnections(v, *list)
	row := func(i int) (id, at int64) { return all[i].id, int64(i) }
	return c.list(r, len(all), row, func(b []byte, i int) []byte { return item(b, all[i], i) })
}

// shownConnections returns the connections that a version shows.
func shownConnections(v version, all []connection) []connection {
	if v == v2 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(p connection) bool { return p.group == elsewhere.group })
}

func (c *Census) fetchConnection(v version, list *[]connection, id int64, item appendConnection) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, p := range shownConnections(v, *list) {
		if p.id == id {
			return success(item(nil, p, i))
		}
	}
	return notFound()
}
