package edge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// jwtAlgorithms are the signatures accepted: public-key ones only. "none" and
// the HS family are missing on purpose: a token signed by HS256 with the public
// key as its secret would otherwise pass (RFC 8725, 2.1).
var jwtAlgorithms = []string{"RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA"}

// jwtLeeway is by how far clocks may differ.
const jwtLeeway = 30 * time.Second

// JWTOptions says which tokens to believe. Issuer, Audience and JWKS are needed.
type JWTOptions struct {
	Issuer   string   // must equal "iss"
	Audience []string // one of them must be in "aud"
	JWKS     string   // http(s) URL, or path of a file, with the issuer's public keys

	Scope string // must be in "scope" (or "scp"), else FORBIDDEN; empty asks for none

	Now func() time.Time // nil means time.Now
}

// JWT returns an Authenticator for "Authorization: Bearer JWT" that checks
// signature, issuer, audience, "exp" (required) and "nbf". It reads the keys
// once before it returns, so that a wrong address is found at start; later
// readings, on an unknown key or when the keys are old, that fail leave the
// known keys in use.
func JWT(ctx context.Context, opt JWTOptions) (Authenticator, error) {
	if opt.Issuer == "" || len(opt.Audience) == 0 || slices.Contains(opt.Audience, "") || opt.JWKS == "" {
		return nil, errors.New("JWT: issuer, audience and JWKS are all needed")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	keys, err := newJWKS(ctx, opt)
	if err != nil {
		return nil, fmt.Errorf("JWT: %w", err)
	}
	byKid, err := keyfunc.New(keyfunc.Options{Storage: keys})
	if err != nil {
		return nil, fmt.Errorf("JWT: %w", err)
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods(jwtAlgorithms),
		jwt.WithIssuer(opt.Issuer),
		jwt.WithAudience(opt.Audience...),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(jwtLeeway),
		jwt.WithTimeFunc(opt.Now),
		jwt.WithStrictDecoding(),
	)
	return func(r *http.Request) (Caller, error) {
		text, err := bearer(r.Header)
		if err != nil {
			return Caller{}, unauthenticated(err)
		}
		var claims jwtClaims
		_, err = parser.ParseWithClaims(text, &claims, func(t *jwt.Token) (any, error) {
			if _, has := t.Header["crit"]; has { // RFC 7515, 4.1.11: we understand no extension
				return nil, jwt.ErrTokenUnverifiable
			}
			return byKid.KeyfuncCtx(r.Context())(t)
		})
		if err != nil {
			return Caller{}, unauthenticated(jwtFault(err))
		}
		if claims.Subject == "" {
			return Caller{}, unauthenticated(errors.New("JWT without subject"))
		}
		if opt.Scope != "" && !slices.Contains(claims.scopes(), opt.Scope) {
			return Caller{}, &Refusal{Status: http.StatusForbidden, Code: CodeForbidden,
				Message: "These credentials do not allow it.", Cause: errors.New("JWT without the wanted scope")}
		}
		return Caller{ID: jwtID(opt.Issuer, claims.Subject)}, nil
	}, nil
}

// jwtClaims is what is read of a token besides the registered claims.
type jwtClaims struct {
	jwt.RegisteredClaims
	Scope string `json:"scope"` // words between spaces (RFC 9068, 2.2.3)
	SCP   any    `json:"scp"`   // the same as a list or a text, as some issuers write it
}

func (c *jwtClaims) scopes() []string {
	words := strings.Fields(c.Scope)
	switch scp := c.SCP.(type) {
	case string:
		words = append(words, strings.Fields(scp)...)
	case []any:
		for _, s := range scp {
			if word, ok := s.(string); ok {
				words = append(words, word)
			}
		}
	}
	return words
}

// jwtID is a Caller.ID. A subject that is long or not plain ASCII is hashed:
// ids stand in logs.
func jwtID(issuer, subject string) string {
	if len(subject) > 128 || !printable(subject) {
		sum := sha256.Sum256([]byte(subject))
		subject = "sha256-" + hex.EncodeToString(sum[:16])
	}
	return "jwt:" + issuer + "|" + subject
}

// jwtFault says in fixed words what was wrong. The library's own errors quote
// pieces of the token.
func jwtFault(err error) error {
	for _, known := range []error{
		jwt.ErrTokenMalformed, jwt.ErrTokenSignatureInvalid, jwt.ErrTokenExpired, jwt.ErrTokenNotValidYet,
		jwt.ErrTokenInvalidIssuer, jwt.ErrTokenInvalidAudience, jwt.ErrTokenRequiredClaimMissing, jwt.ErrTokenUnverifiable,
	} {
		if errors.Is(err, known) {
			return fmt.Errorf("JWT refused: %w", known)
		}
	}
	return errors.New("JWT refused")
}
