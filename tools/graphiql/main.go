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
	"log"
	"os"

	"census-gateway/tools/graphiql/pack"
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
	pkgs, err := pack.Packages(root, out.inputs)
	if err != nil {
		return err
	}
	name, notices := pack.Licenses("GraphiQL", pkgs)
	out.files[name], out.entries["licenses.txt"] = notices, name
	return pack.Write(dir, out.files, pack.Manifest{Packages: pack.Versions(pkgs), Entries: out.entries, Preload: out.preload})
}
