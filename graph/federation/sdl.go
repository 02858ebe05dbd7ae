package federation

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

const head = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

`

// SDL returns the schema of the subgraph for the schema source. Syncs and runs are entities. The
// parts of every Relay schema are removed (Node, node, nodes) or shared (PageInfo), so that they
// do not conflict with other subgraphs.
func SDL(source string) (string, error) {
	doc, err := parser.ParseSchema(&ast.Source{Input: source})
	if err != nil {
		return "", err
	}
	doc.Definitions = slices.DeleteFunc(doc.Definitions, func(d *ast.Definition) bool { return d.Name == "Node" || d.Name == "Subscription" })
	doc.Schema = nil // its root types have the default names
	for _, d := range doc.Definitions {
		d.Interfaces = slices.DeleteFunc(d.Interfaces, func(name string) bool { return name == "Node" })
		switch d.Name {
		case "Query":
			d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool { return f.Name == "node" || f.Name == "nodes" })
		case "Sync", "SyncRun":
			for _, key := range []string{"id", "databaseId"} {
				d.Directives = append(d.Directives, &ast.Directive{Name: "key",
					Arguments: ast.ArgumentList{{Name: "fields", Value: &ast.Value{Kind: ast.StringValue, Raw: key}}}})
			}
		case "PageInfo":
			d.Directives = append(d.Directives, &ast.Directive{Name: "shareable"})
		}
	}
	var text strings.Builder
	text.WriteString(head)
	formatter.NewFormatter(&text).FormatSchemaDocument(doc)
	return text.String(), nil
}
