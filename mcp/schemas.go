package mcp

import (
	"maps"

	"github.com/vektah/gqlparser/v2/ast"
)

// A schema is a JSON Schema.
type schema map[string]any

// inputSchema returns the schema of an operation's variables.
func inputSchema(types *ast.Schema, variables ast.VariableDefinitionList) schema {
	properties, required := schema{}, []string{}
	for _, v := range variables {
		p := input(types, v.Type)
		if text := plain(v.Description); text != "" {
			p["description"] = text
		}
		if v.DefaultValue != nil {
			if value, err := v.DefaultValue.Value(nil); err == nil {
				p["default"] = value
			}
		}
		if v.Type.NonNull && v.DefaultValue == nil {
			required = append(required, v.Variable)
		}
		properties[v.Variable] = p
	}
	return schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// input returns the schema of an input value of type t.
func input(types *ast.Schema, t *ast.Type) schema {
	if t.Elem != nil {
		return nullable(t, schema{"type": "array", "items": input(types, t.Elem)})
	}
	def := types.Types[t.NamedType]
	if def.Kind != ast.InputObject {
		return nullable(t, leaf(def))
	}
	properties, required := schema{}, []string{}
	for _, f := range def.Fields {
		p := input(types, f.Type)
		p["description"] = plain(f.Description)
		properties[f.Name] = p
		if f.Type.NonNull && f.DefaultValue == nil {
			required = append(required, f.Name)
		}
	}
	return nullable(t, schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

// outputSchema returns the schema of the answer to a selection. Every field is optional,
// because @skip and @include can omit it.
func outputSchema(set ast.SelectionSet) schema {
	properties := schema{}
	fields(set, properties)
	return schema{"type": "object", "properties": properties}
}

// fields adds the schemas of the fields in set to into.
func fields(set ast.SelectionSet, into schema) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			p := output(s, s.Definition.Type)
			if s.Definition.Type.Elem == nil && s.Name == "__typename" {
				p = schema{"type": "string"}
			}
			if before, ok := into[s.Alias].(schema); ok { // selected in two places
				mergeSchemas(before, p)
			} else {
				into[s.Alias] = p
			}
		case *ast.InlineFragment:
			fields(s.SelectionSet, into)
		case *ast.FragmentSpread:
			fields(s.Definition.SelectionSet, into)
		}
	}
}

// output returns the schema of the value of field f, which has type t.
func output(f *ast.Field, t *ast.Type) schema {
	if t.Elem != nil {
		return nullable(t, schema{"type": "array", "items": output(f, t.Elem)})
	}
	if len(f.SelectionSet) > 0 {
		return nullable(t, outputSchema(f.SelectionSet))
	}
	return nullable(t, leafNamed(t.NamedType))
}

// mergeSchemas adds the properties of b to a. Both describe the same object, or lists of it.
func mergeSchemas(a, b schema) {
	if inner, ok := a["items"].(schema); ok {
		mergeSchemas(inner, b["items"].(schema))
		return
	}
	if properties, ok := a["properties"].(schema); ok {
		for name, p := range b["properties"].(schema) {
			if before, ok := properties[name].(schema); ok {
				mergeSchemas(before, p.(schema))
			} else {
				properties[name] = p
			}
		}
	}
}

// nullable returns p, extended by null if t is nullable.
func nullable(t *ast.Type, p schema) schema {
	if is, ok := p["type"].(string); ok && !t.NonNull {
		p = maps.Clone(p)
		p["type"] = []string{is, "null"}
		if values, ok := p["enum"].([]any); ok {
			p["enum"] = append(values, nil)
		}
	}
	return p
}

// leaf returns the schema of a scalar or an enum.
func leaf(def *ast.Definition) schema {
	if def.Kind != ast.Enum {
		return leafNamed(def.Name)
	}
	var values []any
	for _, v := range def.EnumValues {
		values = append(values, v.Name)
	}
	return schema{"type": "string", "enum": values}
}

// leafNamed returns the schema of a scalar or an enum in an answer. It does not list the
// values of an enum, since later versions may add values.
func leafNamed(name string) schema {
	switch name {
	case "Int", "BigInt":
		return schema{"type": "integer"}
	case "Float":
		return schema{"type": "number"}
	case "Boolean":
		return schema{"type": "boolean"}
	case "DateTime":
		return schema{"type": "string", "format": "date-time"}
	}
	return schema{"type": "string"}
}
