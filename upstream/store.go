package upstream

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"census-gateway/upstream/census"
)

// A Store shares data read from Census with other gateways, and with this one after a restart. It
// never fails and never blocks for long: a failed Get returns "", and a Set or Drop may be lost.
type Store interface {
	// Get returns the value of key; "" if it is missing.
	Get(key string) string
	// Set stores a value in the background, for the given time. It calls value in another
	// goroutine.
	Set(key string, life time.Duration, value func() []byte)
	// Drop deletes a value in the background.
	Drop(key string)
	// Clock returns the minimum and maximum by which the shared clock is ahead of the local one.
	Clock() (least, most time.Duration)
}

// newSealer returns the cipher for the entries of one token. Its key is derived from the token, so
// only holders of the token can read or create them.
func newSealer(token string) cipher.AEAD {
	key := sha256.Sum256([]byte("census-gateway entries\x00" + token))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key has a valid length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the required block size
	}
	return aead
}

// storeFormat identifies the encoding of entries. It changes with the encoded types, so gateways of
// different releases share no entries.
var storeFormat = formatOf("1", reflect.TypeFor[census.SyncRun](), reflect.TypeFor[census.Sync](), reflect.TypeFor[census.Connection](), reflect.TypeFor[census.Activation]())

func formatOf(version string, types ...reflect.Type) string {
	var b strings.Builder
	b.WriteString(version)
	var describe func(t reflect.Type)
	describe = func(t reflect.Type) {
		fmt.Fprintf(&b, "(%s %s", t.Kind(), t)
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice:
			describe(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				b.WriteString(" " + t.Field(i).Name)
				describe(t.Field(i).Type)
			}
		}
		b.WriteByte(')')
	}
	for _, t := range types {
		describe(t)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:4])
}

// storeMisses records chunks that were missing in the store within the last second. A scan
// looks for a chunk several times before it reads it from Census.
type storeMisses struct {
	mu   sync.Mutex
	from time.Time // when the first key was added
	keys map[cacheKey]bool
}

func (a *storeMisses) has(key cacheKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.keys[key] && time.Since(a.from) < time.Second
}

func (a *storeMisses) add(key cacheKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys == nil || time.Since(a.from) >= time.Second {
		a.from, a.keys = time.Now(), make(map[cacheKey]bool)
	}
	a.keys[key] = true
}
