package settings

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestGroups(t *testing.T) {
	for value, want := range map[string][]Group{
		"a":                        {{"a", ""}},
		"wandering_aimlessly,b":    {{"wandering_aimlessly", ""}, {"b", ""}},
		" a = Production , b=Two ": {{"a", "Production"}, {"b", "Two"}},
		"a=x=y":                    {{"a", "x=y"}},
	} {
		s, _, err := Read([]string{"--census-groups", value}, io.Discard)
		if got, _ := s.groups(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v", value, got, err)
		}
	}
	for value, want := range map[string]string{"": "must be groups", ",": "must be groups", "a,": "must be groups", "=x": "must be groups", "a b": "one word of ASCII", "ä": "one word of ASCII", "a,b,a=x": `names "a" twice`} {
		if _, _, err := Read([]string{"--census-groups", value}, io.Discard); err == nil || !strings.HasPrefix(err.Error(), "CENSUS_GROUPS (--census-groups) ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", value, err)
		}
	}
	if s, _, err := Read(nil, io.Discard); err != nil || s.GroupKeys() != nil {
		t.Errorf("without the setting: %v, %v", s.GroupKeys(), err)
	}
}

// A variable that expands to an empty value must not serve all groups.
func TestEmptyGroups(t *testing.T) {
	t.Run("environment", func(t *testing.T) {
		t.Setenv("CENSUS_GROUPS", "")
		if _, _, err := Read(nil, io.Discard); err == nil {
			t.Error("accepted")
		}
	})
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, []byte("CENSUS_GROUPS=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read([]string{"--settings", file}, io.Discard); err == nil {
		t.Error("an empty CENSUS_GROUPS in a file is accepted")
	}
}
