package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/transport"
	"census-gateway/upstream/calls"
)

// words says, for each kind of failed call, the code and the sentence a client
// reads; %s is what was asked for.
var words = map[calls.Kind]struct{ code, sentence string }{
	calls.NotFound:        {transport.CodeNotFound, "Census knows no %s, or this token may not see it."},
	calls.Unauthenticated: {transport.CodeUpstreamUnauthenticated, "Census does not accept the gateway's token, so %s cannot be read."},
	calls.Forbidden:       {transport.CodeUpstreamForbidden, "Census refuses this token %s."},
	calls.RateLimited:     {transport.CodeUpstreamRateLimited, "Census wants fewer calls just now, so %s cannot be read."},
	calls.Timeout:         {transport.CodeUpstreamTimeout, "Census did not answer in time for %s."},
	calls.Canceled:        {transport.CodeUpstreamTimeout, "The operation ended before Census answered for %s."},
	calls.Unavailable:     {transport.CodeUpstreamUnavailable, "Census cannot be reached or is failing, so %s cannot be read."},
	calls.Busy:            {transport.CodeUpstreamBusy, "Too many calls to Census are under way, so %s cannot be read just now."},
	calls.BadResponse:     {transport.CodeUpstreamBadResponse, "Census gave an answer for %s that cannot be read."},
	calls.Internal:        {transport.CodeInternal, internalSentence},
}

// refusals are the sentences for refusals that have a cause of their own, by status.
var refusals = map[int]string{
	http.StatusPaymentRequired:            "Census wants to be paid before it gives out %s (402): look at the workspace's plan.",
	http.StatusUnavailableForLegalReasons: "Census may not give out %s for legal reasons (451).",
}

const internalSentence = "The gateway failed. The cause is in its log."

// present turns what a resolver returned into what a client reads. An error of
// ours for the reader passes as it is; a failed call becomes the words of its
// kind; anything else is a bug, and its text is for the log only.
// Where callers ask with tokens of their own, a refused token is theirs to mend.
func present(log *slog.Logger, ownTokens bool) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		out := graphql.DefaultErrorPresenter(ctx, err)
		var call *calls.Error
		var short error
		switch {
		case errors.As(err, &call):
			level := slog.LevelWarn
			if call.Kind == calls.Internal {
				level = slog.LevelError
			}
			log.Log(ctx, level, "census call failed", "kind", call.Kind.String(), "path", out.Path.String(), "cause", call)
			w, subject := words[call.Kind], call.Subject
			if list, is := strings.CutPrefix(subject, "the "); is && call.Kind == calls.NotFound {
				w.sentence, subject = "Census has no list of %s at its address here, or this token may not see it.", list
			}
			if sentence, is := refusals[call.Status]; is && call.Kind == calls.Forbidden {
				w.sentence = sentence
			}
			if ownTokens && call.Kind == calls.Unauthenticated {
				w.code, w.sentence = transport.CodeUnauthenticated, "Census does not accept your token, so %s cannot be read."
			}
			out.Message = w.sentence
			if call.Kind != calls.Internal {
				out.Message = fmt.Sprintf(w.sentence, subject)
				short = transport.Short(subject + ": not read.")
			}
			out.Extensions = map[string]any{"code": w.code}
			if call.RetryAfter > 0 {
				out.Extensions["retryAfterSeconds"] = int(math.Ceil(call.RetryAfter.Seconds()))
			}
		case out.Err != nil:
			log.ErrorContext(ctx, "resolver failed", "path", out.Path.String(), "cause", out.Err)
			out.Message = internalSentence
			out.Extensions = map[string]any{"code": transport.CodeInternal}
		}
		out.Err = short
		return out
	}
}
