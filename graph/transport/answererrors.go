package transport

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/documents"
	"census-gateway/internal/errcodes"
)

const (
	maxMessage       = 300 // characters in an error's message
	maxRequestErrors = 20  // reported for a request that is not executed
	maxFullMessages  = 20  // errors of one code with the full message; later ones get a short one
)

// requestErrors rewords gqlgen's errors about an invalid request, before presenters see them.
func (o Options) requestErrors(op *graphql.OperationContext, req *graphql.RawParams, errs gqlerror.List) gqlerror.List {
	switch {
	case req.Query == "" && codeOf(errs[0]) == errcodes.ValidationFailed:
		// The request has an id instead of a document, and no extension handles ids.
		return gqlerror.List{errorWithCode(errcodes.PersistedQueryNotFound, "PersistedQueryNotFound")}
	case op != nil && op.Doc != nil && op.Operation == nil && op.OperationName == "":
		return gqlerror.List{errorWithCode(errcodes.ValidationFailed,
			"the document has several operations; name one in operationName")}
	case op != nil && op.Doc != nil && op.Operation == nil:
		return gqlerror.List{errorWithCode(errcodes.ValidationFailed,
			"the document does not have the operation named in operationName")}
	}
	for i, err := range errs {
		if codeOf(err) == errcodes.ParseFailed {
			err.Message = documents.SyntaxMessage(err.Message, req.Query)
		}
		if len(err.Path) > 1 && err.Path[0] == ast.PathName("variable") {
			errs[i] = o.variableError(op.Operation, req.Variables, err)
		}
	}
	return errs
}

// variableError rewords an error about the value of a variable. gqlparser reports the place
// within the variables as the path, but a path refers to data.
func (o Options) variableError(op *ast.OperationDefinition, values map[string]any, err *gqlerror.Error) *gqlerror.Error {
	if o.Variables != nil {
		if reworded := o.Variables(op, values); reworded != nil {
			return reworded
		}
	}
	return errorWithCode(errcodes.BadUserInput, "$"+err.Path[1:].String()+": "+err.Message)
}

// Code returns the documented code of err. An error without a code is an internal error.
func Code(err *gqlerror.Error) string {
	c := codeOf(err)
	if mapped, ok := codeAliases[c]; ok {
		return mapped
	}
	if c == "" {
		return errcodes.Internal
	}
	return c
}

// A ShortMessage is the short message of an error. It is the error's cause, and replaces the
// message in an answer with many errors of the same code.
type ShortMessage string

func (s ShortMessage) Error() string { return string(s) }

// withSentErrors returns resp with errors ready to be sent, at most about most bytes of them. It
// does not modify resp, since interceptors may share it.
func withSentErrors(resp *graphql.Response, most int) *graphql.Response {
	if len(resp.Errors) == 0 {
		return resp
	}
	out := *resp
	out.Errors = sentErrors(resp.Errors)
	kept := countFitting(out.Errors, most)
	addOmitted(&out, len(out.Errors)-kept)
	out.Errors = out.Errors[:kept]
	return &out
}

// addOmitted records in resp that n errors were left out. It does nothing if n is 0 or less, or
// resp is nil.
func addOmitted(resp *graphql.Response, n int) {
	if n <= 0 || resp == nil {
		return
	}
	extensions := make(map[string]any, len(resp.Extensions)+1)
	maps.Copy(extensions, resp.Extensions)
	if before, ok := extensions["errorsOmitted"].(int); ok {
		n += before
	}
	extensions["errorsOmitted"] = n
	resp.Extensions = extensions
}

// countFitting returns how many of errs, from the first on, fit in most bytes of JSON; at least 1.
func countFitting(errs gqlerror.List, most int) int {
	for i, err := range errs {
		text, _ := json.Marshal(err) // an error that cannot be written is replaced by a shorter one
		if most -= len(text) + 1; most < 0 && i > 0 {
			return i
		}
	}
	return len(errs)
}

// sentErrors prepares errors for clients. It clips long messages, uses short messages if many
// errors have the same code, and gives each a documented code. It hides the message of an error
// that wraps a cause and has no code, since no presenter of ours has seen it.
//
// present does not modify the given errors, since resolvers may share them.
func sentErrors(errs gqlerror.List) gqlerror.List {
	out := make(gqlerror.List, len(errs))
	seen := make(map[string]int, 1) // errors by code
	for i := range out {
		err := *errs[i]
		if codeOf(&err) == "" && err.Err != nil {
			err.Message = internalMessage
		}
		c := Code(&err)
		if c != codeOf(&err) {
			err.Extensions = maps.Clone(err.Extensions)
			if err.Extensions == nil {
				err.Extensions = make(map[string]any, 1)
			}
			err.Extensions["code"] = c
		}
		seen[c]++
		if short, ok := errors.AsType[ShortMessage](err.Err); ok && seen[c] > maxFullMessages {
			err.Message = string(short)
		}
		err.Message = clipMessage(err.Message)
		out[i] = &err
	}
	return out
}

// clipMessage returns s as valid UTF-8, shortened to maxMessage characters.
func clipMessage(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= maxMessage || utf8.RuneCountInString(s) <= maxMessage {
		return s
	}
	n := 0
	for i := range s {
		if n == maxMessage-1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
