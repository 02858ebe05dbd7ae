package observe

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxName is the maximum length, in bytes, of a name that a client sent.
const maxName = 64

// maxCodes is the maximum number of codes kept for one operation; further errors are dropped.
const maxCodes = 8

// keep returns the bytes of s that satisfy ok, at most maxName of them.
func keep(s string, ok func(c byte) bool) string {
	if len(s) <= maxName && all(s, ok) {
		return s
	}
	kept := make([]byte, 0, min(len(s), maxName))
	for i := 0; i < len(s) && len(kept) < maxName; i++ {
		if ok(s[i]) {
			kept = append(kept, s[i])
		}
	}
	return string(kept)
}

func all(s string, ok func(c byte) bool) bool {
	for i := 0; i < len(s); i++ {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

func word(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func idByte(c byte) bool { return word(c) || c == '.' || c == '-' || c == ':' }

func templateByte(c byte) bool { return idByte(c) || strings.IndexByte(" /{}", c) >= 0 }

func hexDigit(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

// graphqlName returns s without the characters that GraphQL does not allow in a name.
func graphqlName(s string) string { return keep(s, word) }

// identifier returns s if it is a plain identifier, otherwise "".
func identifier(s string) string {
	if len(s) <= maxName && all(s, word) {
		return s // a single word does not have the shape of a secret
	}
	if len(s) > maxName || !all(s, idByte) || tokenShaped(s) {
		return ""
	}
	return s
}

// caller returns s if it is a plain identifier. It returns a hash of anything else, such as an
// e-mail address, so that one caller keeps one id.
func caller(s string) string {
	if s == "" || identifier(s) != "" {
		return s
	}
	return "sha256:" + shortHash(s)
}

// appName returns the loggable form of a name sent by a client: its letters, digits and _ . - :,
// or nothing if these have the shape of a secret.
func appName(s string) string {
	if s == "" || len(s) > 4*maxName || tokenShaped(s) {
		return ""
	}
	return identifier(keep(s, idByte))
}

func operationType(s string) string {
	if s == "query" || s == "subscription" {
		return s
	}
	return "unknown"
}

// shortHash returns a hash in place of a text that must not be shown.
func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:12]
}

func documentHash(s string) string {
	if len(s) != 12 || !all(s, hexDigit) {
		return ""
	}
	return s
}

func errorCodes(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	kept := make([]string, 0, min(len(list), maxCodes))
	for _, code := range list[:min(len(list), maxCodes)] {
		if code = keep(code, word); code == "" {
			code = "UNKNOWN"
		}
		kept = append(kept, code)
	}
	return kept
}
