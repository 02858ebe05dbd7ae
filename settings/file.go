package settings

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// readFile reads a settings file. It skips empty lines, lines that begin with #, and a byte order
// mark.
func readFile(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("GATEWAY_SETTINGS (--settings): %w", err)
	}
	defer f.Close()
	known := settingNames()
	delete(known, "GATEWAY_SETTINGS") // names the file being read
	values := map[string]string{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff") // a byte order mark
		}
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if ok && !known[name] && looksLikeSetting(name) {
			return nil, fmt.Errorf("%s, line %d: %s is not a setting allowed in this file; see --help for the settings", path, n, name)
		}
		if !ok || !known[name] {
			return nil, fmt.Errorf("%s, line %d: expected NAME=value, where NAME is the name of a setting", path, n)
		}
		values[name] = strings.TrimSpace(value)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("GATEWAY_SETTINGS (--settings): %s: %w", path, err)
	}
	return values, nil
}
