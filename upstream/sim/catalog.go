package sim

// An entry is one sync of the realistic workspace.
type entry struct {
	name        string // before the arrow; the label is "Accounts → Salesforce"
	from, to    int64  // ids of source and destination
	object      string
	frequency   string
	hours       int   // daily and weekly: hours from the newest slot to the anchor
	minute      int64 // of the hour
	history     int64 // days with runs before the start
	records     int64
	seconds     int64 // approximate duration of a run
	failureRate int64 // failures per thousand runs
}

// firstSync is the id of the catalog's first line; "Accounts → Salesforce" is 52.
const firstSync = 41

var catalog = []entry{
	{"Leads", 11, 301, "Lead", "hourly", 0, 12, 75, 48_200, 95, 9},
	{"Contacts", 11, 301, "Contact", "hourly", 0, 17, 75, 212_000, 180, 12},
	{"Opportunities", 11, 301, "Opportunity", "hourly", 0, 32, 75, 31_400, 75, 6},
	{"Churn scores", 12, 302, "Company", "daily", 5, 30, 200, 18_900, 140, 15},
	{"Lifecycle stage", 11, 302, "Contact", "quarter_hourly", 0, 0, 30, 164_000, 85, 5},
	{"Product qualified leads", 12, 302, "Contact", "hourly", 0, 41, 75, 9_700, 60, 22},
	{"Plan and seats", 15, 304, "Company", "quarter_hourly", 0, 0, 30, 6_100, 40, 4},
	{"Feature usage", 12, 304, "User", "hourly", 0, 8, 75, 398_000, 420, 14},
	{"Users", 11, 303, "User", "quarter_hourly", 0, 0, 30, 1_240_000, 310, 8},
	{"Cart abandoners", 12, 303, "Event", "continuous", 0, 0, 5, 2_300, 17, 3},
	{"Product usage events", 14, 303, "Event", "hourly", 0, 2, 60, 5_800_000, 2400, 11},
	{"Accounts", 11, 301, "Account", "hourly", 0, 5, 150, 86_400, 120, 10}, // 52
	{"Consent preferences", 15, 303, "User", "hourly", 0, 22, 75, 1_190_000, 150, 7},
	{"Webinar attendees", 13, 305, "Lead", "daily", 9, 15, 200, 4_300, 70, 18},
	{"Lead scores", 14, 305, "Lead", "daily", 4, 0, 200, 74_000, 260, 20},
	{"Campaign members", 13, 305, "CampaignMember", "weekly", 30, 45, 200, 22_800, 190, 25},
	{"Customer tier", 11, 306, "Organization", "daily", 6, 10, 200, 7_900, 65, 8},
	{"Open invoices", 13, 306, "User", "hourly", 0, 27, 75, 12_500, 55, 10},
	{"CSAT cohort", 12, 306, "User", "weekly", 75, 20, 200, 3_600, 45, 12},
	{"High value audience", 12, 307, "CustomerMatchUserList", "daily", 7, 50, 200, 126_000, 540, 30},
	{"Lapsed buyers", 12, 307, "CustomerMatchUserList", "daily", 8, 0, 200, 240_000, 610, 28},
	{"Offline conversions", 11, 307, "ClickConversion", "hourly", 0, 52, 60, 15_200, 130, 26},
	{"Suppression list", 12, 308, "CustomAudience", "daily", 3, 25, 200, 88_000, 330, 21},
	{"Lookalike seed", 12, 308, "CustomAudience", "weekly", 52, 0, 200, 50_000, 280, 16},
	{"Purchase events", 14, 308, "Event", "expression", 0, 0, 20, 33_000, 110, 13},
	{"At risk accounts", 11, 309, "Channel", "daily", 10, 0, 200, 140, 25, 5},
	{"New enterprise signups", 11, 309, "Channel", "expression", 0, 35, 100, 60, 20, 4},
	{"Usage milestones", 14, 310, "User", "hourly", 0, 38, 60, 310_000, 170, 9},
	{"Onboarding stage", 15, 310, "User", "hourly", 0, 44, 60, 96_000, 90, 6},
	{"Newsletter topics", 13, 310, "User", "daily", 12, 40, 200, 410_000, 380, 10},
	{"Invoices", 13, 311, "Invoice", "daily", 14, 5, 200, 27_300, 220, 17},
	{"Vendors", 13, 311, "Vendor", "weekly", 100, 30, 200, 1_100, 50, 9},
	{"Revenue by segment", 11, 312, "Sheet", "daily", 11, 30, 200, 480, 30, 3},
	{"Board metrics", 11, 312, "Sheet", "never", 0, 0, 160, 95, 22, 6},
	{"Quota attainment", 11, 312, "Sheet", "weekly", 20, 15, 200, 310, 28, 5},
	{"Partner accounts", 13, 301, "Partner_Account__c", "daily", 15, 20, 200, 2_900, 60, 11},
	{"Territories", 13, 301, "Territory2", "never", 0, 0, 120, 640, 40, 8},
	{"Renewal forecast", 14, 301, "Opportunity", "daily", 2, 55, 200, 14_700, 160, 13},
	{"Support entitlement", 11, 306, "Organization", "expression", 0, 10, 100, 8_300, 75, 9},
	{"Trial extensions", 15, 302, "Deal", "hourly", 0, 48, 60, 1_700, 35, 12},
	{"Company enrichment", 14, 302, "Company", "daily", 16, 35, 200, 61_000, 450, 24},
	{"Email engagement", 12, 301, "Contact", "hourly", 0, 20, 60, 205_000, 240, 15},
	{"Billing contacts", 13, 304, "User", "daily", 18, 45, 200, 5_200, 45, 7},
	{"Merged accounts", deletedSource, 302, "Company", "never", 0, 0, 40, 3_300, 80, 30},
	{"Wishlist", 15, 303, "User", "daily", 20, 10, 200, 72_000, 130, 9},
	{"Store visits", 14, 307, "StoreSalesUpload", "daily", 22, 5, 200, 19_600, 200, 19},
	{"Loyalty points", 15, 310, "User", "daily", 13, 50, 200, 530_000, 300, 8},
	{"GDPR deletions", 15, 306, "User", "never", 0, 0, 0, 12, 15, 0},
}

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

// elsewhere is a source of another workspace, in another group.
var elsewhere = connection{21, "Snowflake sandbox", "", "snowflake", "faithful_otter"}

// deletedSource is the id of a source that was removed; a sync still names it.
const deletedSource = 10

func nameOf(all []connection, id int64) string {
	for _, p := range all {
		if p.id == id {
			return p.name
		}
	}
	return "nowhere"
}
