package edge

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// A Key is an API key as stored: its name and the SHA-256 of the key. A key from NewAPIKey has
// 256 random bits, so a fast hash without salt is enough. This is not safe for a key that a
// person made up.
type Key struct {
	Name string // 1 to 64 of A-Z a-z 0-9 . _ -; may repeat, to rotate a key without a gap
	Hash [sha256.Size]byte
}

// HashKey returns the hash of a key for a key file: 64 hex digits.
func HashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// NewAPIKey returns a new key. It is not stored anywhere.
func NewAPIKey() string { return "cgw_" + rand.Text() + rand.Text() }

var keyName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func parseKey(name, hash string) (Key, error) {
	key := Key{Name: strings.TrimSpace(name)}
	if !keyName.MatchString(key.Name) {
		return Key{}, errors.New("invalid name of an API key: use 1 to 64 of A-Z a-z 0-9 . _ -")
	}
	sum, err := hex.DecodeString(strings.TrimSpace(hash))
	if err != nil || len(sum) != sha256.Size {
		// The text may be a key pasted by mistake, so it is not shown.
		return Key{}, fmt.Errorf("%s: expected the SHA-256 of the key as 64 hex digits; make a key with --new-key", key.Name)
	}
	key.Hash = [sha256.Size]byte(sum)
	if key.Hash == sha256.Sum256(nil) {
		return Key{}, fmt.Errorf("%s: this is the hash of an empty key; make a key with --new-key", key.Name)
	}
	return key, nil
}

// ReadKeys reads a key file, with one "name sha256hex" per line. It skips empty lines, lines that
// begin with #, and a byte order mark.
func ReadKeys(file io.Reader) ([]Key, error) {
	var keys []Key
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff") // a byte order mark
		}
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 2 {
			return nil, fmt.Errorf("key file, line %d: expected a name and a hash", n)
		}
		key, err := parseKey(words[0], words[1])
		if err != nil {
			return nil, fmt.Errorf("key file, line %d: %w", n, err)
		}
		keys = append(keys, key)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	return keys, nil
}

// ParseKeys parses keys in one line of configuration: "name:sha256hex,…".
func ParseKeys(list string) ([]Key, error) {
	var keys []Key
	for item := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(item) == "" {
			continue
		}
		name, hash, ok := strings.Cut(item, ":")
		if !ok { // the text may be a key pasted by mistake, so it is not shown
			return nil, fmt.Errorf("key list, entry %d: expected NAME:SHA256", len(keys)+1)
		}
		key, err := parseKey(name, hash)
		if err != nil {
			return nil, fmt.Errorf("key list, entry %d: %w", len(keys)+1, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Keys authenticates callers by API keys, sent as "Authorization: Bearer KEY" or "X-API-Key:
// KEY". X-API-Key takes precedence if both are sent.
type Keys struct{ all []Key }

// NewKeys returns Keys for an Authenticator. It returns an error if there is no key, which would
// lock everyone out, or if one key has two names.
func NewKeys(keys []Key) (*Keys, error) {
	if len(keys) == 0 {
		return nil, errors.New("no API keys: add one made with --new-key")
	}
	owner := make(map[[sha256.Size]byte]string, len(keys))
	for _, key := range keys {
		if other, taken := owner[key.Hash]; taken && other != key.Name {
			return nil, fmt.Errorf("API keys %s and %s are the same key: remove one", other, key.Name)
		}
		owner[key.Hash] = key.Name
	}
	return &Keys{keys}, nil
}

var errUnknownKey = errors.New("unknown API key")

// Authenticate is an Authenticator. Its time depends on the number of keys and the length of the
// credential, not on how much of a key matches.
func (k *Keys) Authenticate(r *http.Request) (Caller, error) {
	sent, err := apiKey(r.Header)
	if err != nil {
		return Caller{}, unreadable(err)
	}
	sum := sha256.Sum256([]byte(sent))
	found := -1
	for i := range k.all {
		same := subtle.ConstantTimeCompare(sum[:], k.all[i].Hash[:])
		found = subtle.ConstantTimeSelect(same, i, found)
	}
	if found < 0 {
		return Caller{}, unauthenticated(ForKey, errUnknownKey)
	}
	return Caller{ID: "key:" + k.all[found].Name}, nil
}
