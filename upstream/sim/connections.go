package sim

import (
	"net/http"
	"slices"
	"time"
)

// A connection is a source or a destination. Census lists both by creation.
type connection struct {
	id    int64
	name  string
	label string // of sources only; "": it has no label
	kind  string
	group string // of sources only; V2 shows it
}

// Unless a source has a label, Census names it by its type and place (API description of
// 2023).
var sources = []connection{
	{11, "Snowflake", "", "snowflake", groups[0]},
	{12, "BigQuery", "", "big_query", groups[0]},
	{13, "Redshift - acme-finance.us-east-1", "Finance Redshift", "redshift", groups[0]},
	{14, "Databricks", "", "databricks", groups[0]},
	{15, "Postgres replica", "", "postgres", groups[1]},
}

var destinations = []connection{
	{301, "Salesforce", "", "salesforce", ""},
	{302, "HubSpot", "", "hubspot", ""},
	{303, "Braze", "", "braze", ""},
	{304, "Intercom", "", "intercom", ""},
	{305, "Marketo", "", "marketo", ""},
	{306, "Zendesk", "", "zendesk", ""},
	{307, "Google Ads", "", "google_ads", ""},
	{308, "Facebook Ads", "", "facebook", ""},
	{309, "Slack", "", "slack", ""},
	{310, "Iterable", "", "iterable", ""},
	{311, "NetSuite", "", "netsuite", ""},
	{312, "Google Sheets", "", "google_sheets", ""},
}

// groups are the group ids of the workspace's sources.
var groups = []string{"wandering_aimlessly", "abundant_giraffe"}

// elsewhere is the source of another workspace, in another group.
var elsewhere = connection{21, "Snowflake sandbox", "", "snowflake", "faithful_otter"}

// deletedSource is the id of a source that was removed; a sync still names it.
const deletedSource = 10

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

func nameOf(all []connection, id int64) string {
	for _, p := range all {
		if p.id == id {
			return p.name
		}
	}
	return "nowhere"
}
