package mcp

import (
	"cmp"
	"regexp"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

var (
	toolName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	hash     = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// toolOf returns the tool for the document with the given id; nil if it is not one query or
// has no name for a tool.
func toolOf(schema *ast.Schema, id, text string) (*sdk.Tool, error) {
	doc, err := gqlparser.LoadQueryWithRules(schema, text, nil)
	if err != nil {
		return nil, err
	}
	if len(doc.Operations) != 1 || doc.Operations[0].Operation != ast.Query {
		return nil, nil
	}
	op := doc.Operations[0]
	name := strings.TrimPrefix(id, shippedID)
	if !toolName.MatchString(name) || hash.MatchString(name) {
		name = op.Name // ids in manifests are hashes
	}
	if name == "" {
		return nil, nil
	}
	no := false
	return &sdk.Tool{
		Name:         name,
		Description:  cmp.Or(plain(op.Description), "Runs the query "+name+"."),
		InputSchema:  inputSchema(schema, op.VariableDefinitions),
		OutputSchema: outputSchema(op.SelectionSet),
		Annotations:  &sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: &no, OpenWorldHint: &no},
	}, nil
}

// plain returns a description on one line.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }
