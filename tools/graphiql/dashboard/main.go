// Command dashboard stores Vite's build of examples/dashboard for package edge/dashboard, with each
// file compressed once:
//
//	(cd examples/dashboard && npm ci && npm run embed) && go -C tools/graphiql run ./dashboard
//
// package-lock.json pins every package by its integrity hash, so the same checkout gives the same
// bytes with the same Go release.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"os"
	"path/filepath"
	"strings"

	"census-gateway/tools/graphiql/pack"
)

func main() {
	log.SetFlags(0)
	from := flag.String("from", "../../examples/dashboard", "folder of the dashboard")
	dir := flag.String("o", "../../edge/dashboard/assets", "output folder; its contents are replaced")
	flag.Parse()
	if err := run(*from, *dir); err != nil {
		log.Fatal(err)
	}
}

func run(from, dir string) error {
	built, err := os.ReadDir(filepath.Join(from, "dist", "assets"))
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, f := range built {
		if files[f.Name()], err = os.ReadFile(filepath.Join(from, "dist", "assets", f.Name())); err != nil {
			return err
		}
	}
	pkgs, err := shipped(from)
	if err != nil {
		return err
	}
	name, notices := pack.Licenses("The dashboard", pkgs)
	files[name] = notices
	m := pack.Manifest{Packages: pack.Versions(pkgs), Entries: map[string]string{"licenses.txt": name}}
	if err := pack.Write(dir, files, m); err != nil {
		return err
	}
	// The gateway reads these files; browsers do not.
	for to, at := range map[string]string{"index.html": "dist/index.html", "documents.json": "src/gql/persisted-documents.json"} {
		data, err := os.ReadFile(filepath.Join(from, at))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, to), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// shipped returns the packages of the lock file that are not only for development.
func shipped(from string) ([]pack.Package, error) {
	data, err := os.ReadFile(filepath.Join(from, "package-lock.json"))
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct {
			Dev         bool `json:"dev"`
			DevOptional bool `json:"devOptional"`
			Optional    bool `json:"optional"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		return nil, err
	}
	var inputs []string
	for at, p := range lock.Packages {
		if strings.HasPrefix(at, "node_modules/") && !p.Dev && !p.DevOptional && !p.Optional {
			inputs = append(inputs, at+"/package.json")
		}
	}
	return pack.Packages(from, inputs)
}
