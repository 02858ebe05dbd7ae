package edge

import (
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

	"census-gateway/internal/errcodes"
)

// jwtAlgorithms are the accepted signature algorithms, public-key ones only. "none" and the HS
// family are missing on purpose: otherwise a token signed by HS256 with the public key as its
// secret would be valid (RFC 8725, 2.1).
var jwtAlgorithms = []string{"RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA"}

// jwtLeeway is the accepted difference between clocks.
const jwtLeeway = 30 * time.Second

// JWTOptions describe the valid tokens. Issuer, Audience and Keys are required.
type JWTOptions struct {
	Issuer   string   // must equal "iss"
	Audience []string // one of them must be in "aud"
	Keys     *JWKS    // the issuer's public keys

	Scope string // one word that must be in "scope" (or "scp"), else FORBIDDEN; "" requires none

	Now func() time.Time // nil means time.Now
}

// JWT returns an Authenticator for "Authorization: Bearer JWT" that checks
// signature, issuer, audience, "exp" (required) and "nbf".
func JWT(opt JWTOptions) (Authenticator, error) {
	if opt.Issuer == "" || len(opt.Audience) == 0 || slices.Contains(opt.Audience, "") || opt.Keys == nil {
		return nil, errors.New("JWT: issuer, audience and keys are all required")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	byKid, err := keyfunc.New(keyfunc.Options{Storage: opt.Keys})
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
	judge := func(r *http.Request) (Caller, *Refusal) {
		text, err := bearerToken(r.Header)
		if err != nil {
			return Caller{}, unreadable(err)
		}
		var claims jwtClaims
		_, err = parser.ParseWithClaims(text, &claims, func(t *jwt.Token) (any, error) {
			if _, has := t.Header["crit"]; has { // RFC 7515, 4.1.11: the gateway supports no extension
				return nil, jwt.ErrTokenUnverifiable
			}
			return byKid.KeyfuncCtx(r.Context())(t)
		})
		if err != nil {
			return Caller{}, jwtFault(err)
		}
		if claims.Subject == "" {
			return Caller{}, unauthenticated(ForJWT, errors.New("JWT without subject"))
		}
		if opt.Scope != "" && !slices.Contains(claims.scopes(), opt.Scope) {
			return Caller{}, &Refusal{Status: http.StatusForbidden, Code: errcodes.Forbidden, Reason: ForScope,
				Message:   "These credentials do not have the required scope. Ask the issuer for a token that does.",
				Challenge: `Bearer realm="census-gateway", error="insufficient_scope"`,
				Cause:     errors.New("JWT without the required scope, of caller " + jwtID(claims.Subject))}
		}
		caller := Caller{ID: jwtID(claims.Subject)}
		if claims.ExpiresAt != nil {
			caller.Expires = claims.ExpiresAt.Time
		}
		return caller, nil
	}
	return func(r *http.Request) (Caller, error) {
		caller, why := judge(r)
		if why == nil {
			return caller, nil
		}
		if opt.Scope != "" {
			why.Challenge += `, scope="` + opt.Scope + `"`
		}
		return Caller{}, why
	}, nil
}

// jwtClaims are the claims read from a token besides the registered ones.
type jwtClaims struct {
	jwt.RegisteredClaims
	Scope string `json:"scope"` // separated by spaces (RFC 9068, 2.2.3)
	SCP   any    `json:"scp"`   // the same as a list or a string, as some issuers write it
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

// jwtID returns the Caller.ID of a subject: the first 32 hex digits of its SHA-256. An operator
// who knows a subject can find it in the log, and nobody else can read it there.
func jwtID(subject string) string {
	sum := sha256.Sum256([]byte(subject))
	return "jwt:" + hex.EncodeToString(sum[:16])
}

// jwtFault returns a fixed message for an invalid token. The library's own errors quote parts of
// the token.
func jwtFault(err error) *Refusal {
	if errors.Is(err, errNoJWKS) {
		return unauthenticated(ForNoJWKS, errNoJWKS)
	}
	for _, known := range []struct {
		err error
		why Reason
	}{
		{jwt.ErrTokenMalformed, ForCredential}, {jwt.ErrTokenSignatureInvalid, ForSignature}, {jwt.ErrTokenExpired, ForExpired},
		{jwt.ErrTokenNotValidYet, ForExpired}, {jwt.ErrTokenInvalidIssuer, ForIssuer}, {jwt.ErrTokenInvalidAudience, ForAudience},
		{jwt.ErrTokenRequiredClaimMissing, ForJWT}, {jwt.ErrTokenUnverifiable, ForSignature},
	} {
		if errors.Is(err, known.err) {
			return unauthenticated(known.why, fmt.Errorf("JWT rejected: %w", known.err))
		}
	}
	return unauthenticated(ForJWT, errors.New("JWT rejected"))
}
