package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/transport"
	"census-gateway/internal/errcodes"
	"census-gateway/upstream/calls"
)

// kindMessages holds the code and the message for each kind of failed call. %s is the subject of
// the call.
var kindMessages = map[calls.Kind]struct{ code, message string }{
	calls.NotFound:        {errcodes.NotFound, "Census has no %s, or this token may not read it."},
	calls.Unauthenticated: {errcodes.UpstreamUnauthenticated, "Census rejects the gateway's token, so %s cannot be read. Tell the gateway's operator."},
	calls.Forbidden:       {errcodes.UpstreamForbidden, "This token may not read %s (Census answered 403)."},
	calls.RateLimited:     {errcodes.UpstreamRateLimited, "Census limits the rate of calls, so %s cannot be read now. Try again later."},
	calls.Timeout:         {errcodes.UpstreamTimeout, "Census did not answer in time for %s. Try again, or ask for less."},
	calls.Canceled:        {errcodes.UpstreamTimeout, "The operation ended before Census answered for %s."},
	calls.Unavailable:     {errcodes.UpstreamUnavailable, "Census cannot be reached or fails, so %s cannot be read. Try again later."},
	calls.Busy:            {errcodes.UpstreamBusy, "Too many calls to Census are in flight, so %s cannot be read now. Try again later."},
	calls.BadResponse:     {errcodes.UpstreamBadResponse, "Census returned an invalid response for %s. The cause is in the gateway's log."},
	calls.Gone:            {errcodes.UpstreamGone, "Census has no API at the address that the gateway asks, so %s cannot be read. Tell the gateway's operator."},
	calls.Internal:        {errcodes.Internal, internalMessage},
}

// statusMessages holds special messages for a rejected call, by HTTP status.
var statusMessages = map[int]string{
	http.StatusPaymentRequired:            "Census requires payment to read %s (402). Check the workspace's plan.",
	http.StatusUnavailableForLegalReasons: "Census withholds %s for legal reasons (451).",
}

const internalMessage = "The gateway failed. The cause is in its log."

// errorPresenter returns the presenter of errors. An error of ours for clients passes unchanged. A
// failed call becomes the message of its kind. Any other error is a bug, and its text goes only
// to the log. With ownTokens, the message about a rejected token is for the caller.
func errorPresenter(log *slog.Logger, ownTokens bool) graphql.ErrorPresenterFunc {
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
			w, subject := kindMessages[call.Kind], call.Subject
			if message, is := statusMessages[call.Status]; is && call.Kind == calls.Forbidden {
				w.message = message
			}
			if ownTokens && call.Kind == calls.Unauthenticated {
				w.code, w.message = errcodes.Unauthenticated, "Census rejects your token, so %s cannot be read. Check the token."
			}
			if call.Personal {
				w.message += " V2 of Census's API accepts only personal access tokens."
			}
			out.Message = w.message
			if call.Kind != calls.Internal {
				out.Message = fmt.Sprintf(w.message, subject)
				short = transport.ShortMessage(subject + ": not read.")
			}
			out.Extensions = map[string]any{"code": w.code}
			if call.RetryAfter > 0 {
				out.Extensions["retryAfterSeconds"] = int(math.Ceil(call.RetryAfter.Seconds()))
			}
		case out.Err != nil:
			log.ErrorContext(ctx, "resolver failed", "path", out.Path.String(), "cause", out.Err)
			out.Message = internalMessage
			out.Extensions = map[string]any{"code": errcodes.Internal}
		}
		out.Err = short
		return out
	}
}
