package sim

import "fmt"

// A place is a source or a destination. Census lists both by creation.
type place struct {
	id         int64
	name, kind string
}

var sources = []place{
	{11, "Snowflake", "snowflake"},
	{12, "BigQuery", "big_query"},
	{13, "Redshift", "redshift"},
	{14, "Databricks", "databricks"},
	{15, "Postgres replica", "postgres"},
}

var destinations = []place{
	{301, "Salesforce", "salesforce"},
	{302, "HubSpot", "hubspot"},
	{303, "Braze", "braze"},
	{304, "Intercom", "intercom"},
	{305, "Marketo", "marketo"},
	{306, "Zendesk", "zendesk"},
	{307, "Google Ads", "google_ads"},
	{308, "Facebook Ads", "facebook"},
	{309, "Slack", "slack"},
	{310, "Iterable", "iterable"},
	{311, "NetSuite", "netsuite"},
	{312, "Google Sheets", "google_sheets"},
}

func appendSource(b []byte, i int) []byte {
	return fmt.Appendf(b, `{"id":%d,"name":%q,"label":null,"type":%q,"sync_engine":"advanced","created_at":"2023-02-%02dT10:00:00.000Z",`+
		`"last_test_results":null,"last_test_succeeded":true,"last_tested_at":"2025-11-03T08:15:00.000Z",`+
		`"connection_details":{"account":"connection_canary","user":"CENSUS","warehouse":"REVERSE_ETL"},`+
		`"warehouse_writeback_retention_in_days":7,"x_region":"us-east-1"}`,
		sources[i].id, sources[i].name, sources[i].kind, 15+i)
}

func appendDestination(b []byte, i int) []byte {
	return fmt.Appendf(b, `{"id":%d,"name":%q,"type":%q,"created_at":"2023-03-%02dT10:00:00.000Z",`+
		`"last_test_results":null,"last_test_succeeded":true,"last_tested_at":"2025-11-03T08:20:00.000Z",`+
		`"connection_details":{"instance":"connection_canary","sandbox":false},"is_file_system_destination":%t,"x_region":"us-east-1"}`,
		destinations[i].id, destinations[i].name, destinations[i].kind, 1+i, destinations[i].kind == "google_sheets")
}

func fetchPlace(places []place, id int64, item func([]byte, int) []byte) reply {
	for i, p := range places {
		if p.id == id {
			return success(item(nil, i))
		}
	}
	return notFound()
}

func nameOf(places []place, id int64) string {
	for _, p := range places {
		if p.id == id {
			return p.name
		}
	}
	return "nowhere"
}
