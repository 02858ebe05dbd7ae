package transport

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// rest gives what remains when the execution is over: parts whose object was
// never seen, and null for the fields that were left out and did not come. A
// field that cannot be null stays away, as its error has said.
func (d *delivery) rest() []*graphql.Response {
	return d.remaining(func(r *remainder, f *graphql.CollectedField) {
		if !f.Definition.Type.NonNull {
			r.nulls = append(r.nulls, member{f.Alias, []byte("null")})
		}
	})
}

// late gives what remains when the execution was not waited for any longer: the
// same, with an error for each field. Which of them were true nulls is not known.
func (d *delivery) late() []*graphql.Response {
	return d.remaining(func(r *remainder, f *graphql.CollectedField) {
		path := below(r.path, ast.PathName(f.Alias))
		if !slices.ContainsFunc(r.errs, func(err *gqlerror.Error) bool { return slices.Equal(err.Path, path) }) {
			err := timeout()
			err.Path = path
			r.errs = append(r.errs, err)
		}
		r.nulls = append(r.nulls, member{f.Alias, []byte("null")})
		r.invalid = r.invalid || f.Definition.Type.NonNull
	})
}

// A remainder is what has not come of one part of one object.
type remainder struct {
	path    ast.Path
	label   string
	nulls   []member
	errs    gqlerror.List
	invalid bool // null as a whole
}

func (d *delivery) remaining(add func(*remainder, *graphql.CollectedField)) []*graphql.Response {
	rest := d.held
	d.held = nil
	for _, resp := range rest {
		resp.Errors = d.told()
	}
	for _, p := range d.objects {
		var parts []*remainder
		for _, f := range p.fields {
			if !p.missing[f.Alias] {
				continue
			}
			d.came(p, f.Alias)
			i := slices.IndexFunc(parts, func(r *remainder) bool { return r.label == partOf(&f) })
			if i < 0 {
				i = len(parts)
				parts = append(parts, &remainder{path: p.path, label: partOf(&f)})
			}
			parts[i].errs = append(parts[i].errs, d.told()...)
			add(parts[i], &f)
		}
		for _, r := range parts {
			if len(r.nulls)+len(r.errs) > 0 {
				rest = append(rest, r.response())
			}
		}
	}
	return rest
}

func (r *remainder) response() *graphql.Response {
	data := joinMembers(r.nulls)
	if r.invalid {
		data = []byte("null")
	}
	return &graphql.Response{Path: r.path, Label: r.label, Data: data, Errors: r.errs}
}

// partOf is the label of the innermost part that f, which is deferred, is in.
func partOf(f *graphql.CollectedField) string { return f.Deferrables[0].Label }
