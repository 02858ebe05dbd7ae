package upstream

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// A memoryStore is a Store in memory.
type memoryStore struct {
	mu      sync.Mutex
	entries map[string]string
	lives   map[string]time.Duration
	ahead   time.Duration
	gets    int
}

func newStore() *memoryStore {
	return &memoryStore{entries: map[string]string{}, lives: map[string]time.Duration{}, ahead: 3 * time.Hour}
}

func (s *memoryStore) Get(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gets++
	return s.entries[key]
}

func (s *memoryStore) Set(key string, life time.Duration, value func() []byte) {
	text := string(value())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries[key], s.lives[key] = text, life
}

func (s *memoryStore) Drop(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.entries, key)
}

func (s *memoryStore) Clock() (least, most time.Duration) { return s.ahead, s.ahead }

func (s *memoryStore) damage(change func(string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, value := range s.entries {
		s.entries[key] = change(value)
	}
}

// Law 4 with several gateways: an answer is exact whichever gateway is asked, and whatever the
// others have read and stored before the list changed.
func TestLawGatewaysStayExact(t *testing.T) {
	for name, opt := range map[string]sim.Options{"as documented": {}, "page past the end is 404": {PastEnd404: true}} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				h := newHistory(t, opt)
				store := newStore()
				var gateways []*Client
				for range 3 {
					gateways = append(gateways, New("", Options{BaseURL: sim.Base(), Transport: h.census.Transport(), Store: store,
						PageCache: rapid.SampledFrom([]int64{40_000, 8 << 20}).Draw(t, "page cache")}))
				}
				for range rapid.IntRange(2, 8).Draw(t, "questions") {
					h.client = rapid.SampledFrom(gateways).Draw(t, "gateway")
					w := paging.Window{Limit: rapid.SampledFrom([]int{1, 10, 100, 101, 1000}).Draw(t, "limit"), FromOldest: rapid.Bool().Draw(t, "from oldest")}
					s, ok := h.slice(w)
					if !ok {
						return
					}
					checkExact(t, h, w, s)
					switch rapid.IntRange(0, 4).Draw(t, "change") {
					case 0:
						h.create(rapid.SampledFrom([]int{1, 15, 130}).Draw(t, "new runs"))
					case 1:
						h.census.Prune(int64(h.sync), rapid.SampledFrom([]int{1, 15, 130}).Draw(t, "pruned"))
					case 2:
						store.damage(func(s string) string { return s[:len(s)-1] })
					}
				}
			})
		})
	}
}

// allAnswers are what a test asks of a client.
type allAnswers struct {
	Runs    []census.SyncRun
	Sync    *census.Sync
	Syncs   []census.Sync
	ByID    *census.Sync
	Sources map[int64]census.Connection
}

func askAll(t *testing.T, server *sim.Census, c *Client, id int64) (all allAnswers, calls int) {
	t.Helper()
	before := len(server.Calls())
	runs, err := c.Runs(t.Context(), census.SyncID(id), paging.Window{Limit: 1000})
	one, err2 := c.Sync(t.Context(), census.SyncID(id))
	syncs, err3 := c.Syncs(t.Context(), paging.Window{Limit: 10})
	byID := c.SyncsByID(t.Context(), []census.SyncID{census.SyncID(id)})[census.SyncID(id)]
	sources, err4 := c.Connections(t.Context(), Sources)
	if err := errors.Join(err, err2, err3, byID.Err, err4); err != nil {
		t.Fatal(err)
	}
	return allAnswers{runs[0].Rows, one, syncs[0].Rows, byID.Sync, sources}, len(server.Calls()) - before
}

// What one gateway has read costs another no call while it is fresh. After that, one call proves
// all old runs.
func TestGatewaysShareWhatTheyRead(t *testing.T) {
	for _, base := range []string{baseV1, baseV2} {
		bubble(t, base, func(t *testing.T) {
			server, _ := newCensusOf(base, sim.Options{})
			id := server.AddSync(sim.Sync{Label: "Accounts to Salesforce"})
			for i := range 700 {
				at := time.Now().Add(time.Duration(i-710) * time.Hour)
				server.AddRun(id, sim.Run{CreatedAt: at, CompletedAt: at.Add(time.Minute), Status: "failed", ErrorMessage: "no such column"})
			}
			opt := Options{BaseURL: base, Transport: server.Transport(), Store: newStore(), PageCache: 8 << 20, Freshness: 5 * time.Second}
			first := New("", opt)
			want, calls := askAll(t, server, first, id)
			if calls < 10 {
				t.Fatalf("%d calls of the first gateway", calls)
			}
			check := func(who string, c *Client, most int) {
				t.Helper()
				got, calls := askAll(t, server, c, id)
				if calls != most {
					t.Errorf("%d calls of the %s gateway, want %d", calls, who, most)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("another answer of the %s gateway: %s", who, diff)
				}
			}
			gets := opt.Store.(*memoryStore).gets
			check("first", first, 0)
			if more := opt.Store.(*memoryStore).gets - gets; more != 0 {
				t.Errorf("%d reads of the store for what is fresh in memory", more)
			}
			time.Sleep(4 * time.Second)
			check("second", New("", opt), 0)
			time.Sleep(2 * time.Second) // the newest runs are older than the freshness; syncs are not
			check("third", New("", opt), 1)
			check("first", first, 0) // by what the third has read
		})
	}
}

// Entries show neither the token nor what was read, expire, and help no other token. Damaged ones
// are as good as missing.
func TestSharedEntriesAreOfOneToken(t *testing.T) {
	bubble(t, "entries", func(t *testing.T) {
		server, _ := newCensusOf(baseV1, sim.Options{})
		id := server.AddSync(sim.Sync{Label: "Accounts to Salesforce"})
		server.AddRun(id, sim.Run{Status: "failed", ErrorMessage: "no such column", CreatedAt: time.Now().Add(-time.Hour)})
		store := newStore()
		opt := Options{BaseURL: baseV1, Transport: server.Transport(), Store: store, PageCache: 8 << 20, Freshness: 5 * time.Second, Stale: time.Hour}
		calls := func(token string) int {
			t.Helper()
			_, calls := askAll(t, server, New("", opt).WithToken(token), id)
			return calls
		}
		all := calls("secret-token:one")
		if all < 4 || len(store.entries) < 4 {
			t.Fatalf("%d calls, %d entries", all, len(store.entries))
		}
		for key, value := range store.entries {
			for _, secret := range []string{"secret-token", "Accounts", "no such column"} {
				if strings.Contains(key, secret) || strings.Contains(value, secret) {
					t.Errorf("%q in the entry %s", secret, key)
				}
			}
			if life := store.lives[key]; life <= 0 || life > sealedFor+time.Hour {
				t.Errorf("%s has a life of %s", key, life)
			}
		}
		if n := calls("secret-token:two"); n != all {
			t.Errorf("%d calls with another token, want %d", n, all)
		}
		if n := calls("secret-token:one"); n != 0 {
			t.Errorf("%d calls with the same token, want none", n)
		}
		for i := range 3 {
			store.damage(func(s string) string { return s[:i*len(s)/3] + "?" + s[i*len(s)/3:] })
			if n := calls("secret-token:one"); n != all {
				t.Errorf("%d calls after damage, want %d", n, all)
			}
		}
	})
}

// After a 401, nothing is answered from what was stored before, not even while Census fails.
func TestRejectedTokenSharesNothing(t *testing.T) {
	bubble(t, "rejected", func(t *testing.T) {
		server, _ := newCensusOf(baseV1, sim.Options{})
		id := server.AddSync(sim.Sync{})
		server.AddRun(id, sim.Run{CreatedAt: time.Now().Add(-time.Hour)})
		opt := Options{BaseURL: baseV1, Transport: server.Transport(), Store: newStore(), PageCache: 8 << 20, Freshness: time.Minute, Stale: time.Hour}
		client := New("token", opt)
		askAll(t, server, client, id)
		server.Inject(sim.Fault{Do: sim.Refusal(http.StatusUnauthorized, "")})
		if _, err := client.Run(t.Context(), 99); !calls.IsKind(err, calls.Unauthenticated) {
			t.Fatal(err)
		}
		_, err := client.Runs(t.Context(), census.SyncID(id), paging.Window{Limit: 1})
		checkVerdict(t, err, calls.Unauthenticated.String())
		_, err = client.Sync(t.Context(), census.SyncID(id))
		checkVerdict(t, err, calls.Unauthenticated.String())
	})
}

// A sync that Census refuses to show is dropped for all gateways.
func TestRefusedSyncIsDroppedForAll(t *testing.T) {
	bubble(t, "refused", func(t *testing.T) {
		server, _ := newCensusOf(baseV1, sim.Options{})
		id := server.AddSync(sim.Sync{})
		server.AddRun(id, sim.Run{CreatedAt: time.Now().Add(-time.Hour)})
		opt := Options{BaseURL: baseV1, Transport: server.Transport(), Store: newStore(), PageCache: 8 << 20, Freshness: time.Minute}
		first := New("", opt)
		askAll(t, server, first, id)
		server.Inject(sim.Fault{Do: sim.Refusal(http.StatusForbidden, "")})
		time.Sleep(time.Second)
		_, err := first.FreshSince(time.Now(), nil).Runs(t.Context(), census.SyncID(id), paging.Window{Limit: 1})
		checkVerdict(t, err, calls.Forbidden.String())
		second := New("", opt)
		_, err = second.Runs(t.Context(), census.SyncID(id), paging.Window{Limit: 1})
		checkVerdict(t, err, calls.Forbidden.String())
		_, err = second.Sync(t.Context(), census.SyncID(id))
		checkVerdict(t, err, calls.Forbidden.String())
	})
}

// The form of entries changes with what they hold.
func TestFormFollowsTheTypes(t *testing.T) {
	type inner struct{ A int }
	type more struct{ A, B int }
	forms := map[string]string{}
	for name, form := range map[string]string{
		"inner": formatOf("1", reflect.TypeFor[[]*inner]()), "more": formatOf("1", reflect.TypeFor[[]*more]()), "version 2": formatOf("2", reflect.TypeFor[[]*inner]()),
	} {
		if other, ok := forms[form]; ok {
			t.Errorf("%s has the form of %s", name, other)
		}
		forms[form] = name
	}
}
