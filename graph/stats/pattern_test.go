package stats

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func pattern(message string) string { return string(appendPattern(nil, message)) }

func TestPattern(t *testing.T) {
	for message, want := range map[string]string{
		"":              "",
		"   \n\t ":      "",
		"Out of memory": "out of memory",
		"The destination connection needs to be reauthorized: Refresh token for connection 83412 expired (request hV3kQ9xWma)": "the destination connection needs to be reauthorized: refresh token for connection # expired (request <id>)",
		"The destination is limiting our requests: 429 Too Many Requests after 5120 records; retry after 30 seconds":           "the destination is limiting our requests: # too many requests after # records; retry after # seconds",
		"The query did not finish in time: Statement aB3dE6gH9k was canceled after 120 seconds on warehouse TRANSFORM_120":     "the query did not finish in time: statement <id> was canceled after # seconds on warehouse transform_#",
		"Could not connect to the warehouse: connect to 10.0.37.17:5439 timed out after 9310 ms":                               "could not connect to the warehouse: connect to # timed out after # ms",
		`A mapped column is missing from the source: Column "plan_tier" of model_41 does not exist (batch 77)`:                 "a mapped column is missing from the source: column <text> of model_# does not exist (batch #)",
		"The destination answered with an error: 503 Service Unavailable for batch 3 of 40 (trace KmPqTbXvRa)":                 "the destination answered with an error: # service unavailable for batch # of # (trace <id>)",
		`Please make sure the field "custom_field:Users" with value "jim" is formatted as a JSON Array`:                        "please make sure the field <text> with value <text> is formatted as a json array",
		`1,204 records were rejected by the destination: Value "O'Brien" is not allowed for field "LTV_90"`:                    "# records were rejected by the destination: value <text> is not allowed for field <text>",
		"Value 'O'Brien' isn't allowed for users' field 'Name'":                                                                "value <text> isn't allowed for users' field <text>",
		"column `orders`.`total` is ambiguous":                                                      "column <text>.<text> is ambiguous",
		"Unknown table “stage.orders” in query":                                                     "unknown table <text> in query",
		"Sync run 3f2b8c1e-9d04-4a6f-8e21-0c7d5b9a1f33 was lost":                                    "sync run <id> was lost",
		"Lead 00Q5g00000ABCdEEAX: INVALID_EMAIL_ADDRESS: ana.li+test@mail.example.com":              "lead <id>: invalid_email_address: <email>",
		"Manually stopped by <bo@example.com>.":                                                     "manually stopped by <<email>>.",
		"POST https://api.example.com/v3/objects?hapikey=abc123 returned 502.":                      "post <url> returned #.",
		"see https://example.com/errors/17, please":                                                 "see <url>, please",
		"Cannot read s3://bucket/part-0001.parquet":                                                 "cannot read <url>",
		"Deadline 2026-03-04T12:23:45.678Z passed":                                                  "deadline <time> passed",
		"Deadline 2026-03-04 12:23:45+01:00 passed, started 2026-03-04":                             "deadline <time> passed, started <time>",
		"Panic at 0x7ffe12ab in deadbeef01":                                                         "panic at <id> in <id>",
		"SQL compilation error: error line 3 at position 17\n  invalid identifier 'ANNUAL_REVENUE'": "sql compilation error: error line # at position # invalid identifier <text>",
		"Quota of $1,024.50 used by 99.5%":                                                          "quota of $# used by #%",
		"ERROR: canceling statement due to statement timeout (SQLSTATE 57014)":                      "error: canceling statement due to statement timeout (sqlstate #)",
		"OAuthTokenExpiredError: JSONParseError in SalesforceObject":                                "oauthtokenexpirederror: jsonparseerror in salesforceobject",
		"an open \" quote, and it's fine":                                                           "an open \" quote, and it's fine",
		"Größe überschritten: 17 MB":                                                                "größe überschritten: # mb",
		strings.Repeat("word ", 100):                                                                strings.TrimSpace(strings.Repeat("word ", 40)),
		strings.Repeat("ö", 500):                                                                    strings.Repeat("ö", 100),
	} {
		if got := pattern(message); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", message, got, want)
		}
	}
}

// The varying parts of a message do not change its pattern, which contains no digits.
func TestLawPattern(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"Batch", "of", "field", "{n}", "{n}", `"{t}"`, "{time}", "{url}", "{email}", "({n})", "{uuid};"}), 0, 12).Draw(t, "words")
		fill := func(label string) string {
			return strings.NewReplacer(
				"{n}", rapid.StringMatching(`[0-9]{1,6}(\.[0-9]{2})?`).Draw(t, label+" number"),
				"{t}", rapid.StringMatching(`[ a-z0-9'_.@/-]{0,20}`).Draw(t, label+" text"),
				"{time}", rapid.StringMatching(`20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{3})?Z`).Draw(t, label+" time"),
				"{url}", rapid.StringMatching(`https?://[a-z]{1,9}\.example/[a-zA-Z0-9/?=&%-]{0,20}[a-z0-9/]`).Draw(t, label+" url"),
				"{email}", rapid.StringMatching(`[a-z][a-z0-9.+_-]{0,8}@[a-z]{1,9}\.example`).Draw(t, label+" email"),
				"{uuid}", rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`).Draw(t, label+" uuid"),
			).Replace(strings.Join(words, " "))
		}
		a, b := fill("one"), fill("other")
		if pattern(a) != pattern(b) {
			t.Fatalf("%q and %q differ:\n%s\n%s", a, b, pattern(a), pattern(b))
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-fA-F0-9x@:/.,'"“ TZ+-]{0,60}`)).Draw(t, "message")
		if p := pattern(s); strings.ContainsAny(p, "0123456789") || len(p) > keptPattern || !utf8.ValidString(p) {
			t.Fatalf("%q is %q", s, p)
		}
	})
}

func FuzzPattern(f *testing.F) {
	f.Add(`Value 'O'Brien' of "x" at 2026-03-04T1 0x1 “`)
	f.Fuzz(func(t *testing.T, s string) {
		if p := pattern(s); len(p) > keptPattern || strings.ContainsAny(p, "0123456789") {
			t.Errorf("%q is %q", s, p)
		}
	})
}
