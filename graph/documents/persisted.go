package documents

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = Persisted{}

// Persisted is a gqlgen extension that finds the document of a request by its id or hash. The id
// is documentId (GraphQL over HTTP, "Persisted Documents"; see [WithID]). The hash is in
// extensions.persistedQuery, by the protocol of Apollo's automatic persisted queries.
type Persisted struct {
	// Automatic stores the documents that clients register by hash; it must not be nil.
	Automatic *Texts

	// Trusted holds the documents that the operator approved. They take precedence over those of
	// clients. Nil means none.
	Trusted *Trusted

	// RequireTrusted rejects everything but trusted documents, requested by id or hash.
	RequireTrusted bool

	// OnTrusted is called with the id of each trusted document requested. It may be nil.
	OnTrusted func(ctx context.Context, id string)
}

// ExtensionName returns the extension's name for gqlgen.
func (Persisted) ExtensionName() string { return "PersistedDocuments" }

// Validate rejects a configuration that would reject every request.
func (p Persisted) Validate(graphql.ExecutableSchema) error {
	if p.RequireTrusted && p.Trusted == nil {
		return errors.New("documents: trusted documents are required, but no documents were given")
	}
	return nil
}

// MutateOperationParameters sets the query of params to the text of the document.
func (p Persisted) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	id := ID(ctx)
	hash, err := persistedHash(params.Extensions)
	if err != nil {
		return err
	}
	if id != "" && hash != "" {
		return newError(errcodes.BadRequest, "send either documentId or extensions.persistedQuery, not both")
	}
	if id == "" && hash == "" {
		if p.RequireTrusted {
			return newError(errcodes.Forbidden, "only trusted documents are accepted; send the id of a trusted document")
		}
		return nil
	}
	if name, text, ok := p.Trusted.Lookup(id + hash); ok {
		if params.Query != "" && params.Query != text {
			return newError(errcodes.BadRequest, "query differs from the trusted document with this hash; send only the hash")
		}
		if p.OnTrusted != nil {
			p.OnTrusted(ctx, name)
		}
		params.Query = text
		return nil
	}
	switch {
	case p.RequireTrusted && params.Query != "":
		return newError(errcodes.Forbidden, "only trusted documents are accepted, and this document is not trusted; send the id of a trusted document")
	case id != "":
		return newError(errcodes.PersistedQueryNotFound, "unknown documentId")
	case p.RequireTrusted:
		return newError(errcodes.PersistedQueryNotFound, notFoundMessage)
	}
	return p.automatic(hash, params)
}

// automatic registers the query of params, or finds a registered one by its hash.
func (p Persisted) automatic(hash string, params *graphql.RawParams) *gqlerror.Error {
	if params.Query != "" {
		if hashOf(params.Query) != hash {
			return newError(errcodes.BadRequest, "sha256Hash is not the SHA-256 hash of query")
		}
		p.Automatic.put(hash, params.Query)
		return nil
	}
	text, ok := p.Automatic.lookUp(hash)
	if !ok {
		return newError(errcodes.PersistedQueryNotFound, notFoundMessage)
	}
	params.Query = text
	return nil
}
