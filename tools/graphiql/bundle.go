package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The page and the three workers are built together, so that they share code.
var entryPoints = []api.EntryPoint{
	{InputPath: "page/page.jsx", OutputPath: "page"},
	{InputPath: "monaco-editor/esm/vs/editor/editor.worker.js", OutputPath: "editor"},
	{InputPath: "monaco-editor/esm/vs/language/json/json.worker.js", OutputPath: "json"},
	{InputPath: "monaco-graphql/esm/graphql.worker.js", OutputPath: "graphql"},
}

// preloaded lists modules that GraphiQL imports as soon as it is mounted. Browsers should
// preload them.
var preloaded = []string{
	"node_modules/monaco-graphql/esm/monaco-editor.js",
	"node_modules/monaco-graphql/esm/lite.js",
}

// aliases maps scripts of prettier to modules with the same content. GraphiQL imports both.
var aliases = map[string]string{
	"prettier/parser-graphql": "prettier/plugins/graphql",
	"prettier/parser-babel":   "prettier/plugins/babel",
}

type output struct {
	files   map[string][]byte // by name, uncompressed
	entries map[string]string // by name, such as "page.js": its name in this build
	preload []string          // scripts that the page needs at once, besides its own
	inputs  []string          // paths of the sources, relative to the root
}

// metadata is the part of esbuild's metafile that is used.
type metadata struct {
	Inputs  map[string]struct{} `json:"inputs"`
	Outputs map[string]struct {
		EntryPoint string `json:"entryPoint"`
		CSSBundle  string `json:"cssBundle"`
		Imports    []struct {
			Path string `json:"path"`
			Kind string `json:"kind"`
		} `json:"imports"`
	} `json:"outputs"`
}

func bundle(root string) (*output, error) {
	built := api.Build(api.BuildOptions{
		AbsWorkingDir:       root,
		EntryPointsAdvanced: entryPoints,
		Bundle:              true,
		Splitting:           true,
		Format:              api.FormatESModule,
		Target:              api.ES2022,
		JSX:                 api.JSXAutomatic,
		Define:              map[string]string{"process.env.NODE_ENV": `"production"`, "process.env.USE_IMPORT": `"true"`},
		Alias:               aliases,
		Plugins:             []api.Plugin{fonts},
		Loader:              map[string]api.Loader{".ttf": api.LoaderFile},
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		MinifySyntax:        true,
		LegalComments:       api.LegalCommentsNone, // the licenses go to a separate file
		Outdir:              "out",
		EntryNames:          "[name]-[hash]",
		ChunkNames:          "chunk-[hash]",
		AssetNames:          "[name]-[hash]",
		Metafile:            true,
		LogLevel:            api.LogLevelWarning,
	})
	if len(built.Errors) > 0 {
		return nil, fmt.Errorf("%d errors: run npm ci first", len(built.Errors))
	}
	var meta metadata
	if err := json.Unmarshal([]byte(built.Metafile), &meta); err != nil {
		return nil, err
	}
	out := &output{files: map[string][]byte{}, entries: map[string]string{}}
	for in := range meta.Inputs {
		out.inputs = append(out.inputs, in)
	}
	for _, f := range built.OutputFiles {
		out.files[path.Base(f.Path)] = f.Contents
	}
	return out, out.pick(meta)
}

// pick sets the entries and the scripts to preload. It drops the style sheets that esbuild writes
// for each chunk, because the style sheet of the page contains them.
func (out *output) pick(meta metadata) error {
	var css string
	for at, o := range meta.Outputs {
		i := slices.IndexFunc(entryPoints, func(e api.EntryPoint) bool {
			return o.EntryPoint == e.InputPath || o.EntryPoint == "node_modules/"+e.InputPath
		})
		if i < 0 || !strings.HasSuffix(at, ".js") {
			continue
		}
		out.entries[entryPoints[i].OutputPath+".js"] = path.Base(at)
		if o.CSSBundle != "" {
			css = path.Base(o.CSSBundle)
		}
	}
	if css == "" || len(out.entries) != len(entryPoints) {
		return errors.New("an entry is missing")
	}
	out.entries["page.css"] = css
	for name := range out.files {
		if strings.HasSuffix(name, ".css") && name != css {
			delete(out.files, name)
		}
	}
	out.follow(meta, "out/"+out.entries["page.js"])
	return nil
}

// follow adds the scripts that the script at a path imports, at once or soon, to the preload list.
func (out *output) follow(meta metadata, at string) {
	for _, im := range meta.Outputs[at].Imports {
		now := im.Kind == "import-statement"
		later := im.Kind == "dynamic-import" && slices.Contains(preloaded, meta.Outputs[im.Path].EntryPoint)
		if name := path.Base(im.Path); (now || later) && !slices.Contains(out.preload, name) {
			out.preload = append(out.preload, name)
			out.follow(meta, im.Path)
		}
	}
}
