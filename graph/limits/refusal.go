package limits

import (
	"fmt"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

// A Refusal says which limit an operation exceeded.
type Refusal struct {
	Limit   Limit
	Allowed int
	// Actual is the measured number. For selections and names it is Allowed+1, which means more
	// than allowed, since the count stops there.
	Actual int
}

// Error returns the message for the author of the query.
func (r *Refusal) Error() string {
	switch r.Limit {
	case Selections:
		return fmt.Sprintf("query too expensive: it selects more than %d fields and fragments, with fragments expanded", r.Allowed)
	case Names:
		return fmt.Sprintf("query too expensive: it uses one name more than %d times", r.Allowed)
	case Depth:
		return fmt.Sprintf("query too expensive: fields are nested %d deep, at most %d are allowed", r.Actual, r.Allowed)
	case Aliases:
		return fmt.Sprintf("query too expensive: %d aliases, at most %d are allowed", r.Actual, r.Allowed)
	case RootFields:
		return fmt.Sprintf("query too expensive: %d root fields, at most %d are allowed", r.Actual, r.Allowed)
	case Directives:
		return fmt.Sprintf("query too expensive: %d directives, at most %d are allowed", r.Actual, r.Allowed)
	case Pages:
		return fmt.Sprintf("query too expensive: it could read %d pages from Census, at most %d are allowed", r.Actual, r.Allowed)
	}
	return fmt.Sprintf("query too expensive: %s is %d, at most %d is allowed", r.Limit, r.Actual, r.Allowed)
}

func (r *Refusal) gqlError() *gqlerror.Error {
	return &gqlerror.Error{
		Message: r.Error(),
		Extensions: map[string]any{
			"code":    errcodes.QueryTooExpensive,
			"limit":   string(r.Limit),
			"allowed": r.Allowed,
			"actual":  r.Actual,
		},
	}
}

func introspectionRefused() *gqlerror.Error {
	err := gqlerror.Errorf("introspection is disabled; remove __schema and __type")
	errcode.Set(err, errcodes.ValidationFailed)
	return err
}
