package exec

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Compile compiles the operation of op. With defers, deferred fragments become parts of their
// own. Otherwise their fields are answered with the rest.
func Compile(schema *Schema, op *graphql.OperationContext, defers bool) *Plan {
	c := &compiler{schema: schema, op: op, defers: defers, plan: &Plan{Fixed: true}}
	root := map[ast.Operation]*ast.Definition{
		ast.Query: schema.AST.Query, ast.Mutation: schema.AST.Mutation, ast.Subscription: schema.AST.Subscription,
	}[op.Operation.Operation]
	object := schema.Objects[root.Name]
	c.plan.root = c.set(object, c.collect(op.Operation.SelectionSet, object.Names))
	return c.plan
}

type compiler struct {
	schema *Schema
	op     *graphql.OperationContext
	defers bool
	plan   *Plan
}

// set compiles the selection sel of object.
func (c *compiler) set(object *Object, sel *selection) *set {
	s := &set{number: c.plan.sets, object: object, plain: object.Plain}
	if s.plain == nil {
		s.plain = onlyNames
	}
	c.plan.sets++
	before := "{"
	for _, f := range sel.fields {
		st, text := c.step(object, f)
		text.Before, before = before+`"`+f.Alias+`":`+text.Before, ","
		s.add(st, text)
	}
	s.end = "}"
	if before == "{" {
		s.end = "{}"
	}
	for _, p := range sel.parts {
		d := &deferred{p.label, c.set(object, p)}
		if d.set.selectsAny() {
			s.deferred = append(s.deferred, d)
		}
		// Load now, so that an object that fails to load is null in the first part already.
		s.loads = s.loads || d.set.loads
	}
	s.span = c.plan.sets - s.number
	s.simplify()
	return s
}

func (s *set) add(st *step, text Text) {
	s.steps, s.texts = append(s.steps, st), append(s.texts, text)
	if st.field == nil {
		return
	}
	s.loads = s.loads || st.field.Loads && s.object.Load != nil
	if st.field.Resolve != nil || slices.ContainsFunc(st.sets, (*set).deep) {
		st.column = s.columns
		s.columns++
		s.width++
	}
	for _, below := range st.sets {
		s.width += below.width
	}
}

func (c *compiler) step(object *Object, f collected) (*step, Text) {
	st := &step{collected: f, args: -1, column: -1}
	if f.Name == "__typename" {
		return st, Text{Before: `"` + object.Name + `"`, Plain: TypeName}
	}
	st.field = object.Fields[f.Name]
	if st.field.Args != nil {
		st.args = c.plan.arguments
		c.plan.arguments++
	}
	if def := c.schema.AST.Types[f.Definition.Type.Name()]; def.IsCompositeType() {
		for _, t := range c.schema.AST.GetPossibleTypes(def) {
			object := c.schema.Objects[t.Name]
			before := c.plan.arguments
			st.sets = append(st.sets, c.set(object, c.collect(f.selections, object.Names)))
			st.below = st.below || c.plan.arguments > before
		}
	}
	return st, Text{Plain: st.field.Plain, Nullable: !f.Definition.Type.NonNull}
}
