package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/stats"
)

// refused finds what is wrong with the arguments of the fields that are asked of
// s, the answer to the field being resolved, by answering them while s is still
// empty: then nothing has been read in vain. Only how long a series without
// createdSince gets is not known yet. Of several errors it returns the last and
// adds the others to the answer, each at its own field.
func (s *SyncRunStats) refused(ctx context.Context) (refusal error) {
	op := graphql.GetOperationContext(ctx)
	for _, f := range graphql.CollectFields(op, graphql.GetFieldContext(ctx).Field.Selections, syncRunStatsImplementors) {
		at := graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: f.ObjectDefinition.Name, Field: f})
		err := s.try(at, f.Name, f.ArgumentMap(op.Variables))
		if err == nil {
			continue
		}
		graphql.AddError(ctx, refusal)
		refusal = graphql.AddFieldLocationToError(at, graphql.ErrorOnPath(at, err))
	}
	return refusal
}

// refuses tells whether the statistic f would be refused.
func refuses(ctx context.Context, f graphql.CollectedField, filter *stats.Filter) bool {
	op := graphql.GetOperationContext(ctx)
	s := newStats(ctx, filter, scalesAsked(ctx, f))
	return slices.ContainsFunc(graphql.CollectFields(op, f.Selections, syncRunStatsImplementors), func(f graphql.CollectedField) bool {
		return s.try(ctx, f.Name, f.ArgumentMap(op.Variables)) != nil
	})
}

// try answers a field of s, if it has arguments, and tells what was wrong.
func (s *SyncRunStats) try(ctx context.Context, name string, raw map[string]any) error {
	switch name {
	case "errors":
		args, err := noContext.field_SyncRunStats_errors_args(ctx, raw)
		if err == nil {
			_, err = s.Errors(args["first"].(*int))
		}
		return err
	case "series":
		args, err := noContext.field_SyncRunStats_series_args(ctx, raw)
		if err == nil {
			_, err = s.Series(args["bucket"].(stats.Unit), args["timeZone"].(*string))
		}
		return err
	}
	return nil
}
