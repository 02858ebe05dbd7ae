package pack

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Package is an npm package with a part in the bundle.
type Package struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	License string `json:"license"` // SPDX
	Text    string `json:"-"`       // text of its license file; "" if it has none
}

// Packages returns the packages that contain the inputs, sorted by name and version.
func Packages(root string, inputs []string) ([]Package, error) {
	dirs := map[string]bool{}
	for _, in := range inputs {
		i := strings.LastIndex(in, "node_modules/")
		if i < 0 {
			continue
		}
		dir, rest := in[:i+len("node_modules/")], strings.Split(in[i+len("node_modules/"):], "/")
		n := 1
		if strings.HasPrefix(rest[0], "@") {
			n = 2
		}
		dirs[dir+strings.Join(rest[:n], "/")] = true
	}
	var pkgs []Package
	for dir := range dirs {
		data, err := os.ReadFile(filepath.Join(root, dir, "package.json"))
		if err != nil {
			return nil, err
		}
		var p Package
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		if p.Text, err = licenseText(filepath.Join(root, dir)); err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
	slices.SortFunc(pkgs, func(a, b Package) int {
		return strings.Compare(a.Name+"@"+a.Version, b.Name+"@"+b.Version)
	})
	return pkgs, nil
}

func licenseText(dir string) (string, error) {
	names, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, n := range names {
		if l := strings.ToLower(n.Name()); strings.HasPrefix(l, "licen") && !n.IsDir() {
			text, err := os.ReadFile(filepath.Join(dir, n.Name()))
			return strings.ReplaceAll(string(text), "\r\n", "\n"), err
		}
	}
	return "", nil
}

// Versions returns the versions of packages, by name.
func Versions(pkgs []Package) map[string]string {
	all := map[string]string{}
	for _, p := range pkgs {
		if v, ok := all[p.Name]; ok && v != p.Version {
			p.Version = v + ", " + p.Version
		}
		all[p.Name] = p.Version
	}
	return all
}

// Licenses returns a file with the license notices of the packages, and its name.
func Licenses(what string, pkgs []Package) (name string, data []byte) {
	var b strings.Builder
	b.WriteString(what + " and what it is built from. Each part is under the license of its own authors.\n")
	for _, p := range pkgs {
		fmt.Fprintf(&b, "\n%s\n%s %s (%s)\n\n%s\n", strings.Repeat("-", 72), p.Name, p.Version, p.License, strings.TrimSpace(p.Text))
	}
	return fmt.Sprintf("licenses-%s.txt", Hash([]byte(b.String()))[:8]), []byte(b.String())
}
