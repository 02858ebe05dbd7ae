package errcodes

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The documents explain every code, and no other codes.
func TestCodesAreDocumented(t *testing.T) {
	read := func(file string) string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	all := func(text, expr string) (found []string) {
		for _, m := range regexp.MustCompile(expr).FindAllStringSubmatch(text, -1) {
			found = append(found, m[1])
		}
		return found
	}
	_, section, _ := strings.Cut(read("../../docs/operations.md"), "\n## Errors\n")
	section, _, _ = strings.Cut(section, "\n## ")
	got, want := all(section, "(?m)^\\| `(.*?)` \\|"), all(read("errcodes.go"), `(?m)^\t\w+ += "(\w+)"$`)
	want = slices.DeleteFunc(want, func(code string) bool { return code == Canceled })
	if !slices.Equal(got, want) || len(want) < 20 {
		t.Errorf("docs/operations.md has %q, want %q", got, want)
	}
}
