// Package federation makes the gateway a subgraph of Apollo Federation 2. It rewrites the fields
// that a router adds to the schema, before other extensions read the query. Entities become nodes
// by their ids, so they are priced, limited and loaded as nodes.
package federation

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"census-gateway/internal/errcodes"
)

// Extension is the extension for gqlgen. Add it after the extensions that supply a document's
// text, and before those that read it.
type Extension struct {
	SDL       string // of the subgraph; "" disables _service
	MaxTokens int    // limit for a document
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
	graphql.ResponseInterceptor
} = Extension{}

// ExtensionName returns the extension's name for gqlgen.
func (Extension) ExtensionName() string { return "Federation" }

// Validate returns nil: any schema is valid.
func (Extension) Validate(graphql.ExecutableSchema) error { return nil }

// serviceText replaces a query for the SDL. InterceptResponse replaces its answer.
const serviceText = "{ _service: __typename }"

// MutateOperationParameters rewrites a router's query.
func (x Extension) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	if !strings.Contains(params.Query, "_entities") && !strings.Contains(params.Query, "_service") {
		return nil
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: params.Query}, x.MaxTokens)
	if err != nil {
		return nil // parsed again later, where the error gets its usual message
	}
	if x.SDL != "" && asksSDL(doc) {
		params.Query, params.OperationName = serviceText, ""
		return nil
	}
	changed, done := false, map[string]bool{}
	for _, op := range doc.Operations {
		for _, s := range op.SelectionSet {
			if f, ok := s.(*ast.Field); ok && f.Name == "_entities" {
				changed = true
				if bad := toNodes(op, f, params, done); bad != nil {
					bad.Extensions = map[string]any{"code": errcodes.BadUserInput}
					return bad
				}
			}
		}
	}
	if changed {
		var text strings.Builder
		formatter.NewFormatter(&text).FormatQueryDocument(doc)
		params.Query = text.String()
	}
	return nil
}

// InterceptResponse answers the query for the SDL.
func (x Extension) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	resp := next(ctx)
	if resp != nil && len(resp.Errors) == 0 && graphql.HasOperationContext(ctx) && graphql.GetOperationContext(ctx).RawQuery == serviceText {
		sdl, _ := json.Marshal(x.SDL)
		resp.Data = append(append([]byte(`{"_service":{"sdl":`), sdl...), "}}"...)
	}
	return resp
}

// asksSDL reports whether doc is the query that routers send for the SDL.
func asksSDL(doc *ast.QueryDocument) bool {
	if len(doc.Operations) != 1 || len(doc.Operations[0].SelectionSet) != 1 {
		return false
	}
	service, ok := doc.Operations[0].SelectionSet[0].(*ast.Field)
	if !ok || service.Name != "_service" || service.Alias != "_service" || len(service.SelectionSet) != 1 {
		return false
	}
	sdl, ok := service.SelectionSet[0].(*ast.Field)
	return ok && sdl.Name == "sdl" && sdl.Alias == "sdl"
}

// toNodes rewrites _entities(representations: …) to nodes(ids: …). done holds the variables that
// were converted to ids before.
func toNodes(op *ast.OperationDefinition, f *ast.Field, params *graphql.RawParams, done map[string]bool) *gqlerror.Error {
	arg := f.Arguments.ForName("representations")
	if arg == nil {
		return gqlerror.Errorf("_entities requires the argument representations")
	}
	f.Name, arg.Name = "nodes", "ids"
	if arg.Value.Kind != ast.Variable {
		value, err := arg.Value.Value(params.Variables)
		if err != nil {
			return gqlerror.Errorf("representations: %v", err)
		}
		ids, bad := idsOf("representations", value)
		if bad != nil {
			return bad
		}
		list := &ast.Value{Kind: ast.ListValue, Position: arg.Value.Position}
		for _, id := range ids {
			list.Children = append(list.Children, &ast.ChildValue{Value: &ast.Value{Kind: ast.StringValue, Raw: id, Position: arg.Value.Position}})
		}
		arg.Value = list
		return nil
	}
	name := arg.Value.Raw
	def := op.VariableDefinitions.ForName(name)
	if def == nil {
		return nil // validation reports it
	}
	def.Type = ast.NonNullListType(ast.NonNullNamedType("ID", def.Type.Position), def.Type.Position)
	if done[name] {
		return nil
	}
	done[name] = true
	ids, bad := idsOf("$"+name, params.Variables[name])
	if bad != nil {
		return bad
	}
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id
	}
	params.Variables[name] = values
	return nil
}

// idsOf returns the ids of the representations in value. Errors name it as what.
func idsOf(what string, value any) ([]string, *gqlerror.Error) {
	list, ok := value.([]any)
	if !ok {
		return nil, gqlerror.Errorf("%s must be a list of representations", what)
	}
	ids := make([]string, len(list))
	for i, item := range list {
		of, _ := item.(map[string]any)
		typename, _ := of["__typename"].(string)
		id, _ := of["id"].(string)
		if number := text(of["databaseId"]); id == "" && number != "" {
			id = typename + ":" + number
		}
		if typename != "Sync" && typename != "SyncRun" || !strings.HasPrefix(id, typename+":") {
			return nil, gqlerror.Errorf(`%s[%d] is not a representation; expected for example {"__typename": "Sync", "id": "Sync:52"} or {"__typename": "SyncRun", "databaseId": 94}`, what, i)
		}
		ids[i] = id
	}
	return ids, nil
}

// text returns a whole number as text; "" for any other value.
func text(number any) string {
	switch n := number.(type) {
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64)
	case json.Number, int, int64:
		return fmt.Sprint(n)
	}
	return ""
}
