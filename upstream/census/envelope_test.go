package census

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"
)

const unreadable = "unreadable"

// mostRows is how many rows outline requests.
const mostRows = 3

// outline summarizes a page: "[2 1] of 14 by 25".
func outline(body string) string {
	p, err := DecodePage[SyncRun](body, mostRows)
	if err != nil {
		return unreadable
	}
	ids := []SyncRunID{}
	for _, r := range p.Rows {
		ids = append(ids, r.ID)
	}
	return fmt.Sprintf("%v of %d by %d", ids, p.Total, p.PerPage)
}

// dressed is a page with everything that Census puts around one.
const dressed = `{"status":"success","data":[{"id":2},{"id":1}],"next":null,"pagination":` +
	`{"total_records":14,"per_page":25,"prev_page":null,"page":1,"next_page":null,"last_page":1}}`

func TestDecodePage(t *testing.T) {
	const rows = `"data":[{"id":2},{"id":1}]`
	for _, c := range []struct{ name, body, want string }{
		{"as Census sends it", dressed, "[2 1] of 14 by 25"},
		{"as Census documents it", `{"status":"success","pagination":{"total_records":2,"per_page":25},` + rows + `}`, "[2 1] of 2 by 25"},
		{"with white space", " {\n\t\"status\" : \"success\" ,\r\n \"data\" : [ { \"id\" : 2 } ] } \n", "[2] of -1 by 0"},
		{"an empty list", `{"status":"success","data":[],"pagination":{"total_records":0,"per_page":25,"last_page":0}}`, "[] of 0 by 25"},
		{"rows without fields", `{"data":[{},{}]}`, "[0 0] of -1 by 0"},
		{"as many rows as asked for", `{"data":[{"id":3},{"id":2},{"id":1}]}`, "[3 2 1] of -1 by 0"},
		{"one row more", `{"data":[{"id":4},{"id":3},{"id":2},{"id":1}]}`, unreadable},
		{"a row that is null", `{"data":[{"id":2},null]}`, unreadable},
		{"a row that is a number", `{"data":[7]}`, unreadable},
		{"a row that is a string", `{"data":["x"]}`, unreadable},
		{"a row that is a list", `{"data":[[]]}`, unreadable},

		{"a status that is a number", `{"status":200,` + rows + `}`, "[2 1] of -1 by 0"},
		{"a status that is a word", `{"status":"created",` + rows + `}`, "[2 1] of -1 by 0"},
		{"a status that is null", `{"status":null,` + rows + `}`, "[2 1] of -1 by 0"},
		{"no status", `{` + rows + `}`, "[2 1] of -1 by 0"},
		{"a status that says error", `{"status":"error","message":"no",` + rows + `}`, unreadable},
		{"the same after the data", `{` + rows + `,"status":"Error"}`, unreadable},
		{"a refusal", `{"status":"error","message":"feature not available"}`, unreadable},
		{"an error of Census in a success of HTTP", `{"status":404}`, unreadable},

		{"data null", `{"status":"success","data":null}`, unreadable},
		{"data an object", `{"status":"success","data":{"id":1}}`, unreadable},
		{"data a string", `{"status":"success","data":"[]"}`, unreadable},
		{"data missing", `{"status":"success","pagination":{"total_records":0}}`, unreadable},

		{"pagination null", `{` + rows + `,"pagination":null}`, "[2 1] of -1 by 0"},
		{"pagination empty", `{` + rows + `,"pagination":{}}`, "[2 1] of -1 by 0"},
		{"pagination a list", `{` + rows + `,"pagination":[14,25]}`, "[2 1] of -1 by 0"},
		{"no total", `{` + rows + `,"pagination":{"per_page":25}}`, "[2 1] of -1 by 25"},
		{"no page size", `{` + rows + `,"pagination":{"total_records":14}}`, "[2 1] of 14 by 0"},
		{"numbers as strings and floats", `{` + rows + `,"pagination":{"total_records":"14","per_page":25.0}}`, "[2 1] of 14 by 25"},
		{"a total below 0", `{` + rows + `,"pagination":{"total_records":-5}}`, "[2 1] of -1 by 0"},
		{"a total over 31 bits", `{` + rows + `,"pagination":{"total_records":2147483648,"per_page":4294967321}}`, "[2 1] of -1 by 0"},
		{"totals of wrong types", `{` + rows + `,"pagination":{"total_records":"many","per_page":{"n":25}}}`, "[2 1] of -1 by 0"},
		{"totals null", `{` + rows + `,"pagination":{"total_records":null,"per_page":null}}`, "[2 1] of -1 by 0"},

		{"a byte order mark", "\ufeff" + dressed, "[2 1] of 14 by 25"},
		{"two byte order marks", "\ufeff\ufeff" + dressed, unreadable},
		{"duplicate keys: the last wins", `{"data":[{"id":9},{"id":8},{"id":7}],` + rows + `,"pagination":{"per_page":1,"per_page":25}}`, "[2 1] of -1 by 25"},
		{"duplicate keys: the last is no list", `{` + rows + `,"data":null}`, unreadable},
		{"duplicate keys in a row", `{"data":[{"id":9,"id":2}]}`, "[2] of -1 by 0"},
		{"unknown keys everywhere", `{"x":{"data":[{"id":3}]},"data":[{"x":[{"id":3}],"id":2,"y":"]}"}],"y":[],"pagination":{"x":{"per_page":1},"total_records":1}}`, "[2] of 1 by 0"},

		{"nothing", ``, unreadable},
		{"white space", " \n", unreadable},
		{"null", `null`, unreadable},
		{"a list without its envelope", `[{"id":2}]`, unreadable},
		{"a page of HTML", `<html><body>502</body></html>`, unreadable},
		{"trailing text", dressed + `x`, unreadable},
		{"a second answer", dressed + dressed, unreadable},
		{"trailing NUL", dressed + "\x00", unreadable},
		{"no number", `{"data":[{"id":2,"records_failed":NaN}]}`, unreadable},
		{"deep", `{"data":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, unreadable},
		{"deep where nobody looks", `{"data":[],"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, unreadable},
	} {
		if got := outline(c.body); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A million rows take 8 KB on the wire, and would take 400 MB in memory.
func TestDecodePageStopsAtExtraRows(t *testing.T) {
	for _, row := range []string{"0", "{}"} {
		body := `{"data":[` + strings.Repeat(row+",", 1_000_000) + row + `]}`
		if n := testing.AllocsPerRun(1, func() { DecodePage[SyncRun](body, 100) }); n > 20 {
			t.Errorf("rows %s: %.0f allocations", row, n)
		}
		if p, err := DecodePage[SyncRun](body, 100); err == nil || cap(p.Rows) > 2*100 {
			t.Errorf("rows %s: room for %d, %v", row, cap(p.Rows), err)
		}
	}
}

func TestDecodePageRefusesEveryCut(t *testing.T) {
	for n := range dressed {
		if got := outline(dressed[:n]); got != unreadable {
			t.Errorf("cut at byte %d: %s", n, got)
		}
	}
}

func TestDecodeOne(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       SyncRunID // 0: unreadable
	}{
		{"as Census sends it", `{"status":"success","data":{"id":94}}`, 94},
		{"another word for success", `{"status":"created","data":{"id":94}}`, 94},
		{"unknown keys", `{"x":{"id":3},"data":{"x":{"id":3},"id":94},"y":[]}`, 94},
		{"a byte order mark", "\ufeff" + `{"data":{"id":94}}`, 94},
		{"duplicate keys: the last wins", `{"data":{"id":3},"data":{"id":94}}`, 94},
		{"data null", `{"status":"success","data":null}`, 0},
		{"data a list", `{"status":"success","data":[{"id":94}]}`, 0},
		{"data missing", `{"status":"success","id":94}`, 0},
		{"a status that says error", `{"status":"error","message":"no","data":{"id":94}}`, 0},
		{"trailing text", `{"data":{"id":94}}}`, 0},
		{"nothing", ``, 0},
	} {
		r, err := DecodeOne[SyncRun](c.body)
		if (err != nil) != (c.want == 0) || err == nil && r.ID != c.want {
			t.Errorf("%s: %+v, %v; want %d", c.name, r, err, c.want)
		}
	}
}

func TestDecodeRepairsUTF8(t *testing.T) {
	for sent, want := range map[string]string{
		"Zo\xeb":           "Zo\ufffd", // Latin-1
		"caf\xc3":          "caf\ufffd",
		"\xed\xa0\x80 x":   "\ufffd x", // half a surrogate pair
		"Zoë 😀":            "Zoë 😀",
		"a\\u0000b\\u001b": "a\x00b\x1b", // data is kept as it is
	} {
		r, err := DecodeOne[SyncRun](`{"data":{"error_message":"` + sent + `"}}`)
		if err != nil || r.ErrorMessage == nil || *r.ErrorMessage != want {
			t.Errorf("%q: %+v, %v", sent, r, err)
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	f.Add(dressed)
	f.Add("\ufeff" + `{"data":{"id":"94","created_at":"2021-10-20T02:51:07.546Z","sync_trigger_reason":{"ui_tag":null}}}`)
	f.Add(`{"status":"error","message":"` + "\xff" + `","data":[1,null]}`)
	f.Add(`{"data":[{"source_attributes":{"object":{"name":"a"}},"schedule_hour":24}],"pagination":{"total_records":1e3}}`)
	f.Fuzz(func(t *testing.T, body string) {
		runs, err := DecodePage[SyncRun](body, mostRows)
		lent := []byte(body)
		kept, _ := DecodePage[SyncRun](unsafe.String(unsafe.SliceData(lent), len(lent)), mostRows)
		clear(lent) // as for the next answer
		if !reflect.DeepEqual(kept, runs) {
			t.Fatalf("something of a freed answer is kept: %+v, was %+v", kept, runs)
		}
		if len(runs.Rows) > mostRows || runs.Total < -1 {
			t.Fatalf("%d rows, total %d, of %d bytes", len(runs.Rows), runs.Total, len(body))
		}
		if err == nil && !isJSON(body) {
			t.Fatal("decoded invalid JSON")
		}
		syncs, syncsErr := DecodePage[Sync](body, mostRows)
		lent = []byte(body)
		keptSyncs, _ := DecodePage[Sync](unsafe.String(unsafe.SliceData(lent), len(lent)), mostRows)
		clear(lent)
		if !reflect.DeepEqual(keptSyncs, syncs) {
			t.Fatalf("something of a freed answer is kept: %+v, was %+v", keptSyncs, syncs)
		}
		if (err == nil) != (syncsErr == nil) || len(runs.Rows) != len(syncs.Rows) {
			t.Fatalf("as runs: %v, as syncs: %v", err, syncsErr)
		}
		if slices.ContainsFunc(runs.Rows, func(r SyncRun) bool { return r.Status == "" && err == nil }) {
			t.Fatal("a run without a status")
		}
		one, err := DecodeOne[SyncRun](body)
		if err == nil && (one == nil || !isJSON(body)) {
			t.Fatal("a record of nothing")
		}
	})
}

func isJSON(body string) bool {
	body = strings.TrimPrefix(body, "\ufeff")
	return json.Valid([]byte(body)) || !utf8.ValidString(body) && json.Valid([]byte(strings.ToValidUTF8(body, "\ufffd")))
}
