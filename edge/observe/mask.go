package observe

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// masked replaces a removed text.
const masked = "[masked]"

// secretKeys are parts of key names whose values are never logged.
var secretKeys = [...]string{"authorization", "token", "password", "passwd", "secret", "cookie", "api_key", "apikey", "api-key", "credential"}

// Shapes of secrets in texts: RFC 8959 tokens, which Census issues; credentials in headers; JSON
// web tokens; user information in URLs; and e-mail addresses.
var (
	secretToken = regexp.MustCompile(`(?i)(secret-token(?::|%3a))[^\s"'<>,;\\)}\]]+`)
	bearer      = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/:%-]{6,}=*`)
	jwt         = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)
	userinfo    = regexp.MustCompile(`://[^\s/@"']+@`)
	email       = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+`)
)

// mask returns s with each text replaced that has the shape of a secret or of an e-mail address.
func mask(s string) string {
	lower := strings.ToLower(s)
	if strings.Contains(lower, "secret-token") {
		s = secretToken.ReplaceAllString(s, "${1}"+masked)
	}
	if strings.Contains(lower, "bearer") || strings.Contains(lower, "basic") {
		s = bearer.ReplaceAllString(s, "${1} "+masked)
	}
	if strings.Contains(s, "eyJ") {
		s = jwt.ReplaceAllString(s, masked)
	}
	if strings.Contains(s, "@") {
		s = userinfo.ReplaceAllString(s, "://"+masked+"@")
		s = email.ReplaceAllString(s, masked)
	}
	return s
}

// tokenShaped reports whether s contains a text with the shape of a secret.
func tokenShaped(s string) bool { return mask(s) != s }

func secretKey(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc(secretKeys[:], func(part string) bool { return strings.Contains(key, part) })
}

// printed returns v in the forms in which the handlers of slog write it.
func printed(v any) []string {
	switch v := v.(type) {
	case error:
		return []string{fmt.Sprintf("%v", v)} // a panic in Error is recovered
	case []byte:
		return []string{string(v)}
	case []string:
		return []string{strings.Join(v, " ")}
	}
	texts := []string{fmt.Sprintf("%+v", v)}
	if b, err := json.Marshal(v); err == nil {
		texts = append(texts, string(b))
	}
	return texts
}

// maskAttr is the ReplaceAttr of every logger of this package. A value that is not text is checked
// in its printed form, and replaced only if that contains a secret.
func maskAttr(groups []string, a slog.Attr) slog.Attr {
	if secretKey(a.Key) || slices.ContainsFunc(groups, secretKey) {
		return slog.String(a.Key, masked)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, mask(a.Value.String()))
	case slog.KindAny:
		v := a.Value.Any()
		if _, isLevel := v.(slog.Level); isLevel {
			return a
		}
		for _, text := range printed(v) {
			if clean := mask(text); clean != text {
				return slog.String(a.Key, clean)
			}
		}
	}
	return a
}
