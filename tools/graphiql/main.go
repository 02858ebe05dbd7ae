// Command graphiql bundles GraphiQL for package edge/graphiql: scripts, styles, fonts and workers with the
// hash of their content in their names, each compressed once, and a manifest that says what is in them.
//
//	npm ci && go run .
//
// package-lock.json pins every package by its integrity hash, so the same checkout gives the same bytes
// under the same Go release (compress/gzip may pack tighter in another). A newer GraphiQL is a new version
// in package.json, npm install, and these two commands again.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("o", "../../edge/graphiql/assets", "folder to write; what it holds is replaced")
	flag.Parse()
	if err := run(*dir); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	out, err := bundle(root)
	if err != nil {
		return err
	}
	pkgs, err := packages(root, out.inputs)
	if err != nil {
		return err
	}
	out.addLicenses(pkgs)

	if err := empty(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	m := manifest{Packages: versions(pkgs), Entries: out.entries, Preload: out.preload, Files: map[string]file{}}
	for name, data := range out.files {
		if m.Files[name], err = write(dir, name, data); err != nil {
			return err
		}
	}
	return m.write(dir)
}

// empty removes what an earlier run wrote, and nothing that is not known to be that.
func empty(dir string) error {
	held, err := os.ReadDir(dir)
	if os.IsNotExist(err) || err == nil && len(held) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err != nil {
		return fmt.Errorf("%s has no manifest.json; not replacing it", dir)
	}
	return os.RemoveAll(dir)
}
