package edge

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

// PassThrough is an Authenticator that takes the caller's own Census token, as
// "Authorization: Bearer TOKEN" or as Basic with the user "bearer" (Census
// accepts both). It does not ask Census whether the token is good: Census says
// so when it is used, and what is cached for one token is never shown to
// another.
func PassThrough(r *http.Request) (Caller, error) {
	token, err := censusToken(r.Header)
	if err != nil {
		return Caller{}, unreadable(err)
	}
	return Caller{ID: "token:" + tokenID(token), Token: newSecret(token)}, nil
}

// tokenID names a Census token without telling it: 32 hex digits, the same in
// every process. It has 128 bits so that nobody can make a token that shares
// another's tenant. It is not the plain hash of the token, so it says nothing
// about an API key file's entries.
func tokenID(token string) string {
	sum := sha256.Sum256([]byte("census-gateway tenant\x00" + token))
	return hex.EncodeToString(sum[:16])
}
