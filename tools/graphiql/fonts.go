package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"census-gateway/tools/graphiql/pack"
)

var (
	fontFace = regexp.MustCompile(`@font-face\s*\{[^}]*\}`)
	fontData = regexp.MustCompile(`^data:font/(woff2?);base64,(.*)$`)
)

// fonts extracts fonts embedded in style sheets, so that a browser loads only the ones it shows. It
// keeps the upright Latin fonts. Other scripts use a system font.
var fonts = api.Plugin{Name: "fonts", Setup: func(b api.PluginBuild) {
	b.OnLoad(api.OnLoadOptions{Filter: `@graphiql/react/font/[^/]*\.css$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		css, err := os.ReadFile(a.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		kept := fontFace.ReplaceAllStringFunc(string(css), func(face string) string {
			latin := strings.Contains(face, "U+0000-00FF") || strings.Contains(face, "U+0100-")
			if !latin || strings.Contains(face, "font-style: italic") {
				return ""
			}
			return face
		})
		return api.OnLoadResult{Contents: &kept, Loader: api.LoaderCSS}, nil
	})

	data := map[string]string{} // by the path given to the font
	b.OnResolve(api.OnResolveOptions{Filter: `^data:font/woff`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		m := fontData.FindStringSubmatch(a.Path)
		if m == nil {
			return api.OnResolveResult{}, fmt.Errorf("not a font: %.40s", a.Path)
		}
		font, err := base64.StdEncoding.DecodeString(m[2])
		if err != nil {
			return api.OnResolveResult{}, err
		}
		name := fmt.Sprintf("font-%s.%s", pack.Hash(font)[:8], m[1])
		data[name] = string(font)
		return api.OnResolveResult{Path: name, Namespace: "font"}, nil
	})
	b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "font"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		font := data[a.Path]
		return api.OnLoadResult{Contents: &font, Loader: api.LoaderFile}, nil
	})
}}
