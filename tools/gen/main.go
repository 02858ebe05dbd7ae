// Command gen is run by go generate: gqlgen with a plugin. From gqlgen's binding data, the plugin
// generates the tables by which graph/exec answers each field. For tests, it also generates calls
// of the same resolvers by gqlgen's own execution.
package main

import (
	_ "embed"
	"log"
	"path/filepath"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
)

//go:embed tables.gotpl
var tables string

//go:embed oracle.gotpl
var oracle string

type plugin struct{}

func (plugin) Name() string { return "exec" }

// GenerateCode implements gqlgen's plugin interface.
func (plugin) GenerateCode(data *codegen.Data) error {
	files := map[string]string{"tables_gen.go": tables}
	if data.Config.Exec.Package == "graph" { // tests compare it with gqlgen's answers
		files["oracle_gen_test.go"] = oracle
	}
	for file, template := range files {
		err := templates.Render(templates.Options{
			PackageName: data.Config.Exec.Package, Filename: filepath.Join(filepath.Dir(data.Config.Exec.Filename), file), Template: template, GeneratedHeader: true,
			Data: data, Packages: data.Config.Packages, Funcs: funcs, PruneOptions: data.Config.GetPruneOptions(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func main() {
	log.SetFlags(0)
	for _, name := range []string{"gqlgen.yml", "graph/transport/internal/testschema/gqlgen.yml"} {
		cfg, err := config.LoadConfig(name)
		if err == nil {
			err = api.Generate(cfg, api.AddPlugin(plugin{}))
		}
		if err != nil {
			log.Fatal(name, ": ", err)
		}
	}
}
