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
	maxMessage  = 300 // characters of an error's message
	maxMistakes = 20  // of a request that is not executed
	maxFull     = 20  // errors of one code with a message in full; those after them have a short one

	internalMessage = "internal server error"
)

// requestErrors rewords what gqlgen says of a request that it will not
// execute, before presenters see it.
func (o Options) requestErrors(op *graphql.OperationContext, req *graphql.RawParams, errs gqlerror.List) gqlerror.List {
	switch {
	case req.Query == "" && code(errs[0]) == errcodes.ValidationFailed:
		// An id was sent instead of a text, and no extension knows of ids.
		return gqlerror.List{coded(errcodes.PersistedQueryNotFound, "PersistedQueryNotFound")}
	case op != nil && op.Doc != nil && op.Operation == nil && op.OperationName == "":
		return gqlerror.List{coded(errcodes.ValidationFailed,
			"the document has several operations: say in operationName which one to run")}
	case op != nil && op.Doc != nil && op.Operation == nil:
		return gqlerror.List{coded(errcodes.ValidationFailed,
			"the document has no operation of the name given in operationName")}
	}
	for i, err := range errs {
		if code(err) == errcodes.ParseFailed {
			err.Message = documents.SyntaxMessage(err.Message, req.Query)
		}
		if len(err.Path) > 1 && err.Path[0] == ast.PathName("variable") {
			errs[i] = o.variableError(op.Operation, req.Variables, err)
		}
	}
	return errs
}

// variableError rewords an error about the value of a variable. gqlparser puts
// the place within the variables into path, which belongs to places in data.
func (o Options) variableError(op *ast.OperationDefinition, values map[string]any, err *gqlerror.Error) *gqlerror.Error {
	if o.Variables != nil {
		if reworded := o.Variables(op, values); reworded != nil {
			return reworded
		}
	}
	return coded(errcodes.BadUserInput, "$"+err.Path[1:].String()+": "+err.Message)
}

func coded(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

func code(err *gqlerror.Error) string {
	c, _ := err.Extensions["code"].(string)
	return c
}

// Code is the code with which err is answered, one of the documented list: an
// error without one is a failure of ours.
func Code(err *gqlerror.Error) string {
	c := code(err)
	if mapped, ok := foreign[c]; ok {
		return mapped
	}
	if c == "" {
		return errcodes.Internal
	}
	return c
}

// A Short is the cause of an error whose message says little more than its code: it
// takes the place of the message in an answer where many errors have the same code.
type Short string

func (s Short) Error() string { return string(s) }

// presented is resp with errors fit to be sent, as many as most bytes hold. resp is not
// changed: interceptors may keep or share theirs.
func presented(resp *graphql.Response, most int) *graphql.Response {
	if len(resp.Errors) == 0 {
		return resp
	}
	out := *resp
	out.Errors = present(resp.Errors)
	told := fitting(out.Errors, most)
	omit(&out, len(out.Errors)-told)
	out.Errors = out.Errors[:told]
	return &out
}

// omit says in resp that n errors were left out of it; where n is not above 0, or
// resp nil, there is nothing to say.
func omit(resp *graphql.Response, n int) {
	if n <= 0 || resp == nil {
		return
	}
	said := make(map[string]any, len(resp.Extensions)+1)
	maps.Copy(said, resp.Extensions)
	if before, ok := said["errorsOmitted"].(int); ok {
		n += before
	}
	said["errorsOmitted"] = n
	resp.Extensions = said
}

// fitting is how many of errs, from the first on, most bytes of JSON hold; 1 at least.
func fitting(errs gqlerror.List, most int) int {
	for i, err := range errs {
		text, _ := json.Marshal(err) // what cannot be written is told in no more bytes
		if most -= len(text) + 1; most < 0 && i > 0 {
			return i
		}
	}
	return len(errs)
}

// present makes errors fit to be sent: no long messages, short ones where many are
// alike, a code of the documented list on each. An error without a code that wraps a
// cause has met no presenter of ours, so its text is not for clients.
//
// The errors given are not changed, since resolvers may share theirs.
func present(errs gqlerror.List) gqlerror.List {
	out := make(gqlerror.List, len(errs))
	seen := make(map[string]int, 1) // errors by code
	for i := range out {
		err := *errs[i]
		if code(&err) == "" && err.Err != nil {
			err.Message = internalMessage
		}
		c := Code(&err)
		if c != code(&err) {
			err.Extensions = maps.Clone(err.Extensions)
			if err.Extensions == nil {
				err.Extensions = make(map[string]any, 1)
			}
			err.Extensions["code"] = c
		}
		seen[c]++
		if short, ok := errors.AsType[Short](err.Err); ok && seen[c] > maxFull {
			err.Message = string(short)
		}
		err.Message = clip(err.Message)
		out[i] = &err
	}
	return out
}

// clip shortens a message to maxMessage characters and makes it valid UTF-8.
func clip(s string) string {
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
