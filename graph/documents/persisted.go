package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = Persisted{}

// Persisted is the extension for gqlgen that finds the document of a request
// which names one instead of sending it: by documentId (GraphQL over HTTP,
// "Persisted Documents"; see [WithID]) or by extensions.persistedQuery, the
// protocol of Apollo's automatic persisted queries.
type Persisted struct {
	// Automatic keeps what clients register by hash; it may not be nil.
	Automatic *Texts

	// Trusted are the documents the operator has approved. They come before
	// those that clients register. Nil means none.
	Trusted *Trusted

	// RequireTrusted refuses everything but trusted documents, asked for by
	// id or hash.
	RequireTrusted bool

	// OnTrusted is told the id of each trusted document that is asked for; nil: nobody.
	OnTrusted func(ctx context.Context, id string)
}

// ExtensionName names the extension for gqlgen.
func (Persisted) ExtensionName() string { return "PersistedDocuments" }

// Validate refuses a setting under which every request would be refused.
func (p Persisted) Validate(graphql.ExecutableSchema) error {
	if p.RequireTrusted && p.Trusted == nil {
		return errors.New("documents: trusted documents are required, but no documents were given")
	}
	return nil
}

// MutateOperationParameters puts the text of the document into params.
func (p Persisted) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	id := ID(ctx)
	hash, err := persistedHash(params.Extensions)
	if err != nil {
		return err
	}
	if id != "" && hash != "" {
		return failure(errcodes.BadRequest, "send either documentId or extensions.persistedQuery, not both")
	}
	if id == "" && hash == "" {
		if p.RequireTrusted {
			return failure(errcodes.Forbidden, "only trusted documents are accepted: send the id of one")
		}
		return nil
	}
	if name, text, ok := p.Trusted.Lookup(id + hash); ok {
		if params.Query != "" && params.Query != text {
			return failure(errcodes.BadRequest, "query differs from the trusted document with this hash: send only the hash")
		}
		if p.OnTrusted != nil {
			p.OnTrusted(ctx, name)
		}
		params.Query = text
		return nil
	}
	switch {
	case p.RequireTrusted && params.Query != "":
		return failure(errcodes.Forbidden, "only trusted documents are accepted, and this is not one: send the id of a trusted document")
	case id != "":
		return failure(errcodes.PersistedQueryNotFound, "unknown documentId")
	case p.RequireTrusted:
		return failure(errcodes.PersistedQueryNotFound, notFoundMessage)
	}
	return p.automatic(hash, params)
}

// automatic registers the query sent, or finds the one that was.
func (p Persisted) automatic(hash string, params *graphql.RawParams) *gqlerror.Error {
	if params.Query != "" {
		if hashOf(params.Query) != hash {
			return failure(errcodes.BadRequest, "sha256Hash is not the SHA-256 hash of query")
		}
		p.Automatic.keep(hash, params.Query)
		return nil
	}
	text, ok := p.Automatic.get(hash)
	if !ok {
		return failure(errcodes.PersistedQueryNotFound, notFoundMessage)
	}
	params.Query = text
	return nil
}

// ShortHash names a document in logs and traces: the first 12 hex digits of its
// SHA-256 hash, "" for no text.
func ShortHash(text string) string {
	if text == "" {
		return ""
	}
	return hashOf(text)[:12]
}

// hashOf is the SHA-256 hash of text in lower-case hex.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
