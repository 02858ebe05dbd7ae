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

// A Key is an API key as it is kept: its name, and the SHA-256 of the key. A
// key from NewAPIKey has 256 random bits, so a fast hash without salt is
// enough; a key somebody thought up is not safe this way.
type Key struct {
	Name string // 1 to 64 of A-Z a-z 0-9 . _ -; may repeat, so that a key can be renewed without a gap
	Hash [sha256.Size]byte
}

// HashKey returns what belongs into a key file after the name: 64 hex digits.
func HashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// NewAPIKey makes a key. It is shown once and kept nowhere.
func NewAPIKey() string { return "cgw_" + rand.Text() + rand.Text() }

var keyName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func parseKey(name, hash string) (Key, error) {
	key := Key{Name: strings.TrimSpace(name)}
	if !keyName.MatchString(key.Name) {
		return Key{}, errors.New("a name is 1 to 64 of A-Z a-z 0-9 . _ -")
	}
	sum, err := hex.DecodeString(strings.TrimSpace(hash))
	if err != nil || len(sum) != sha256.Size {
		// The text may be a key pasted by mistake: it is not shown.
		return Key{}, fmt.Errorf("%s: want the SHA-256 of the key as 64 hex digits", key.Name)
	}
	key.Hash = [sha256.Size]byte(sum)
	if key.Hash == sha256.Sum256(nil) {
		return Key{}, fmt.Errorf("%s: this is the hash of an empty key", key.Name)
	}
	return key, nil
}

// ReadKeys reads a key file: one "name sha256hex" a line; empty lines and those
// that begin with # are skipped, and so is a byte order mark.
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
			return nil, fmt.Errorf("key file, line %d: want a name and a hash", n)
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

// ParseKeys reads the same from one line of configuration: "name:sha256hex,…".
func ParseKeys(list string) ([]Key, error) {
	var keys []Key
	for item := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(item) == "" {
			continue
		}
		name, hash, ok := strings.Cut(item, ":")
		if !ok { // perhaps a key pasted by mistake: it is not shown
			return nil, fmt.Errorf("key list, entry %d: want NAME:SHA256", len(keys)+1)
		}
		key, err := parseKey(name, hash)
		if err != nil {
			return nil, fmt.Errorf("key list, entry %d: %w", len(keys)+1, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Keys lets in whoever shows one of a set of API keys, as "Authorization: Bearer
// KEY" or "X-API-Key: KEY"; X-API-Key counts if both are there.
type Keys struct{ all []Key }

// NewKeys returns an Authenticator's worth of keys. No key at all, which would lock
// everyone out, is an error, and so is one key under two names.
func NewKeys(keys []Key) (*Keys, error) {
	if len(keys) == 0 {
		return nil, errors.New("no API keys")
	}
	owner := make(map[[sha256.Size]byte]string, len(keys))
	for _, key := range keys {
		if other, taken := owner[key.Hash]; taken && other != key.Name {
			return nil, fmt.Errorf("API keys %s and %s are the same key", other, key.Name)
		}
		owner[key.Hash] = key.Name
	}
	return &Keys{keys}, nil
}

var errUnknownKey = errors.New("unknown API key")

// Authenticate is an Authenticator. Its time depends on the number of keys and
// the length of what was sent, not on whether or where they agree.
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
