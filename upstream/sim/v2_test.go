package sim

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestV2Paths checks that version 2 answers the documented paths, and no other path of V1.
func TestV2Paths(t *testing.T) {
	c, _ := startAt(noon, Options{Empty: true})
	c.AddSync(Sync{ID: 52, SourceID: 15, DestinationID: 302})
	c.AddRun(52, Run{ID: 1})
	for path, want := range map[string]int{
		"/syncs": 200, "/syncs/52": 200, "/syncs/52/sync_runs": 200, "/sync_runs/425000001": 200, "/sources": 200, "/sources/11": 200,
		"/activations": 200, "/activations/act_f_8e": 200,
		"/destinations": 404, "/destinations/302": 404, "/workspace": 404, "/connectors": 404, "/activations/302": 404, "/syncs/53": 404, "/groups": 404,
	} {
		code, body := get2(t, c, path)
		if code != want || !json.Valid([]byte(body)) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	for _, path := range []string{"/activations", "/activations/act_f_8e"} {
		if code, _ := get(t, c, path); code != 404 {
			t.Errorf("V1 answers %s with %d", path, code)
		}
	}
}

func TestV2Shapes(t *testing.T) {
	c, _ := startAt(noon, Options{Empty: true})
	c.AddSync(Sync{ID: 52, SourceID: 15, DestinationID: 302})
	_, body := get2(t, c, "/activations/act_f_8e")
	want := `{"status":"success","data":{"id":"act_f_8e","name":"HubSpot","group_id":"abundant_giraffe",` +
		`"source":{"id":15,"name":"Postgres replica","type":"postgres"},"destination":{"id":302,"type":"hubspot","created_at":`
	if !strings.HasPrefix(body, want) {
		t.Errorf("an activation: %s", body)
	}
	_, body = get2(t, c, "/sources/13")
	want = `{"status":"success","data":{"id":13,"group_id":"wandering_aimlessly","name":"Redshift - acme-finance.us-east-1","type":"redshift",`
	if !strings.HasPrefix(body, want) || strings.Contains(body, `"label"`) {
		t.Errorf("a source: %s", body)
	}
	var list struct {
		Data       []struct{ ID, Name string }
		Pagination struct{ Total_Records int }
	}
	if _, body = get2(t, c, "/activations?per_page=2"); json.Unmarshal([]byte(body), &list) != nil || strings.Contains(body, `"next":`) {
		t.Errorf("activations: %s", body)
	}
	if diff := cmp.Diff([]struct{ ID, Name string }{{"act_b_8o", "Google Sheets"}, {"act_b_8n", "NetSuite"}}, list.Data); diff != "" || list.Pagination.Total_Records != 12 {
		t.Errorf("the newest activations of %d: %s", list.Pagination.Total_Records, diff)
	}
}

// TestV2Namings checks each way in which a sync names its activation.
func TestV2Namings(t *testing.T) {
	type naming struct {
		ActivationID          *string `json:"activation_id"`
		GroupID               *string `json:"group_id"`
		Activation            *struct{ ID string }
		DestinationAttributes struct {
			ActivationID *string `json:"activation_id"`
			ConnectionID any     `json:"connection_id"`
		} `json:"destination_attributes"`
		SourceAttributes struct {
			ConnectionID any `json:"connection_id"`
		} `json:"source_attributes"`
	}
	const inside = `{"activation_id":null,"group_id":null,"Activation":null,"destination_attributes":{"activation_id":"act_f_8e","connection_id":null},"source_attributes":{"connection_id":15}}`
	for _, test := range []struct {
		v2   V2
		want string
	}{
		{V2{}, inside},
		{V2{Naming: NamedOnSync, NoSourceID: true}, `{"activation_id":"act_f_8e","group_id":null,"Activation":null,"destination_attributes":{"activation_id":null,"connection_id":null},"source_attributes":{"connection_id":null}}`},
		{V2{Naming: NamedObject}, `{"activation_id":null,"group_id":null,"Activation":{"ID":"act_f_8e"},"destination_attributes":{"activation_id":null,"connection_id":null},"source_attributes":{"connection_id":15}}`},
		{V2{Naming: NamedAsText, SyncGroups: true}, `{"activation_id":null,"group_id":"abundant_giraffe","Activation":null,"destination_attributes":{"activation_id":null,"connection_id":"act_f_8e"},"source_attributes":{"connection_id":15}}`},
		{V2{Naming: NamedByNumber}, `{"activation_id":null,"group_id":null,"Activation":null,"destination_attributes":{"activation_id":null,"connection_id":302},"source_attributes":{"connection_id":15}}`},
	} {
		c, _ := startAt(noon, Options{Empty: true, V2: test.v2})
		c.AddSync(Sync{ID: 52, SourceID: 15, DestinationID: 302})
		_, body := get2(t, c, "/syncs/52")
		var got struct{ Data naming }
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		if text, _ := json.Marshal(got.Data); string(text) != test.want {
			t.Errorf("%+v: %s", test.v2, text)
		}
		if _, v1 := get(t, c, "/syncs/52"); strings.Contains(v1, "activation") || !strings.Contains(v1, `"connection_id":302`) {
			t.Errorf("%+v reaches V1", test.v2)
		}
	}
	if len(Namings) != 5 {
		t.Errorf("%d values of Naming", len(Namings))
	}
}

func TestV2ByGroup(t *testing.T) {
	for byGroup, want := range map[bool][]int64{false: {1, 2, 3, 4}, true: {1, 3, 2, 4}} {
		c, _ := startAt(noon, Options{Empty: true, V2: V2{ByGroup: byGroup}})
		for i := range int64(4) {
			c.AddSync(Sync{ID: i + 1, SourceID: 15 - i%2})
		}
		_, body := get2(t, c, "/syncs?order=asc&per_page=3")
		var l listing
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[:3], l.ids()); diff != "" {
			t.Errorf("by group %v (-want +got):\n%s", byGroup, diff)
		}
	}
}

// TestElsewhere checks that V2 shows the syncs of a workspace that V1's key does not see.
func TestElsewhere(t *testing.T) {
	c, _ := startAt(noon, Options{Elsewhere: 6})
	var l listing
	if _, body := get2(t, c, "/syncs?per_page=100"); json.Unmarshal([]byte(body), &l) != nil || len(l.Data) != len(catalog)+6 {
		t.Errorf("V2 shows %d syncs", len(l.Data))
	}
	if l = page1(t, c, "/syncs?per_page=100"); len(l.Data) != len(catalog) {
		t.Errorf("V1 shows %d syncs", len(l.Data))
	}
	id := int64(0)
	for _, s := range c.Syncs() {
		if s.Elsewhere {
			id = s.ID
		}
	}
	run := c.Runs(id)[0].ID
	for _, path := range []string{"/syncs/" + str(id), "/syncs/" + str(id) + "/sync_runs", "/sync_runs/" + str(run), "/sources/21"} {
		if code, _ := get(t, c, path); code != 404 {
			t.Errorf("V1 answers %s with %d", path, code)
		}
		if code, _ := get2(t, c, path); code != 200 {
			t.Errorf("V2 answers %s with %d", path, code)
		}
	}
}

func TestTokensByVersion(t *testing.T) {
	c, _ := startAt(noon, Options{Empty: true, Token: "key", PersonalToken: "pat"})
	for _, test := range []struct {
		base, token string
		want        int
	}{{"/api/v1", "key", 200}, {"/api/v1", "pat", 401}, {"/api/v2", "key", 401}, {"/api/v2", "pat", 200}} {
		r, _ := http.NewRequest("GET", "http://census.test"+test.base+"/syncs", nil)
		r.Header.Set("Authorization", "Bearer "+test.token)
		a, err := c.Transport().RoundTrip(r)
		if err != nil || a.StatusCode != test.want {
			t.Errorf("%s with %s: %v, %v", test.base, test.token, a, err)
		}
	}
}

func TestMissing(t *testing.T) {
	for missing, want := range map[Missing]string{MissingNumber: `{"status":404}`, MissingText: `{"status":"404"}`, MissingEmpty: ""} {
		c, _ := startAt(noon, Options{Empty: true, V2: V2{Missing: missing}})
		if code, body := get2(t, c, "/syncs/1"); code != 404 || body != want {
			t.Errorf("%d: %d %q", missing, code, body)
		}
		if _, body := get(t, c, "/syncs/1"); body != `{"status":404}` {
			t.Errorf("V1 says %q", body)
		}
	}
}

func TestRetired(t *testing.T) {
	want := map[Retired]int{RetiredNotFound: 404, RetiredEmpty: 404, RetiredPage: 404, RetiredGone: 410, RetiredMoved: 301, RetiredToken: 401, RetiredForbidden: 403, RetiredHTML: 200}
	if len(want) != len(RetiredWays) {
		t.Errorf("%d ways, %d tried", len(RetiredWays), len(want))
	}
	for how := range RetiredWays {
		c, _ := startAt(noon, Options{})
		c.Retire(how)
		for _, path := range []string{"/syncs", "/syncs/52"} {
			if code, body := get(t, c, path); code != want[how] || strings.Contains(body, "salesforce") {
				t.Errorf("%s: %d %s", how, code, body)
			}
			if code, _ := get2(t, c, path); code != 200 {
				t.Errorf("%s: V2 answers %d", how, code)
			}
		}
	}
}
