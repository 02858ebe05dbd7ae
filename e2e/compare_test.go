package e2e

import (
	"net/http/httptest"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// compare-v2 exits with 0 if a gateway would serve the same on V2, and otherwise with 1 and the
// reason. It uses each version's own token, and prints neither.
func TestCompareV2(t *testing.T) {
	t.Parallel()
	c := sim.New(sim.Options{Seed: 1, Elsewhere: 2, Token: censusToken, PersonalToken: "CANARYpersonal"})
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	for _, tt := range []struct {
		groups, token, says string
		code                int
	}{
		{"wandering_aimlessly=Production,abundant_giraffe", "CANARYpersonal", "It is safe to switch", 0},
		{"", "CANARYpersonal", "it is not safe to switch: 2 syncs", 1},
		{"abundant_giraffe", "CANARYpersonal", "it is not safe to switch: 41 syncs", 1},
		{"", censusToken, "401", 1},
	} {
		settings := []string{"CENSUS_BASE_URL=" + server.URL + "/api/v1", "CENSUS_API_TOKEN=" + censusToken, "CENSUS_V2_TOKEN=" + tt.token}
		if tt.groups != "" {
			settings = append(settings, "CENSUS_GROUPS="+tt.groups)
		}
		out, errs, code := execute(t, settings, "compare-v2", "--syncs", "2")
		if code != tt.code || !strings.Contains(out+errs, tt.says) || strings.Contains(out+errs, "CANARY") || code == 0 && errs != "" {
			t.Errorf("groups %q: ended with %d, want %d and %q: %s\n%.600s", tt.groups, code, tt.code, tt.says, errs, out)
		}
	}
}
