package graph

import (
	"context"
	"slices"
	"testing"

	"census-gateway/internal/notes"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Each recorded error code is one that the client sees, and each error has a code.
func TestRecordedCodes(t *testing.T) {
	withCode := func(code any) *gqlerror.Error {
		return &gqlerror.Error{Message: "no", Extensions: map[string]any{"code": code}}
	}
	for _, test := range []struct {
		errs gqlerror.List
		want []string
	}{
		{nil, nil},
		{gqlerror.List{gqlerror.Errorf("no code")}, []string{"INTERNAL_SERVER_ERROR"}},
		{gqlerror.List{withCode(7)}, []string{"INTERNAL_SERVER_ERROR"}},
		{gqlerror.List{withCode("COMPLEXITY_LIMIT_EXCEEDED")}, []string{"QUERY_TOO_EXPENSIVE"}},
		{gqlerror.List{withCode("NOT_FOUND"), gqlerror.Errorf("no code"), withCode("NOT_FOUND")}, []string{"NOT_FOUND", "INTERNAL_SERVER_ERROR"}},
	} {
		ctx, r := notes.With(t.Context())
		ctx = graphql.WithOperationContext(ctx, &graphql.OperationContext{})
		recordAnswers(nil)(ctx, func(context.Context) *graphql.Response { return &graphql.Response{Errors: test.errs} })
		if !slices.Equal(r.Codes, test.want) {
			t.Errorf("%v: %q, want %q", test.errs, r.Codes, test.want)
		}
		if fresh := r.Fresh() > 0; fresh != (test.want == nil) {
			t.Errorf("%v: fresh is %v", test.errs, fresh)
		}
	}
}
