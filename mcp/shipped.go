package mcp

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed tools/*.graphql
var files embed.FS

// Shipped contains the documents of the shipped tools by id. An id is "mcp:" and the tool's name.
var Shipped = func() map[string]string {
	shipped := map[string]string{}
	names, err := fs.Glob(files, "tools/*.graphql")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		shipped[shippedID+strings.TrimSuffix(strings.TrimPrefix(name, "tools/"), ".graphql")] = string(text)
	}
	return shipped
}()

const shippedID = "mcp:"
