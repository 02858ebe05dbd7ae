// Command graphiql bundles GraphiQL for package edge/graphiql. It writes scripts, styles, fonts and
// workers, each compressed once and with a hash of its content in its name. A manifest lists them.
//
//	npm ci && go run .
//
// package-lock.json pins every package by its integrity hash, so the same checkout gives the same
// bytes with the same Go release (compress/gzip may compress better in another). To update
// GraphiQL, change its version in package.json, run npm install, and run these two commands again.
package main

import (
	"flag"
	"log"
	"os"

	"census-gateway/tools/graphiql/pack"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("o", "../../edge/graphiql/assets", "output folder; its contents are replaced")
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
