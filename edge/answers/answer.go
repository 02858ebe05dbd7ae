package answers

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/cespare/xxhash/v2"
)

// An answer is a complete answer, kept or only shared with waiting requests. It does not change.
type answer struct {
	key    string
	status int
	// fields holds the header without Vary and Content-Length. If the answer is kept, it also
	// lacks ETag and Cache-Control.
	fields []field
	vary   []string
	length []string // value of Content-Length
	tag    []string // value of ETag; nil if it is not kept, or the answer to a POST
	body   []byte
	until  time.Duration // when it expires, in the Cache's time; 0 if it is not kept
	asOf   time.Duration // Age counts from here, in the Cache's time
	aged   bool          // it has an Age
	note   any
}

type field struct {
	name   string
	values []string
}

// tag returns the entity tag of an answer. Equal bytes in the same form have equal tags, in every
// gateway. The tag is weak, since outer layers may compress the body.
func tag(h http.Header, body []byte) string {
	d := xxhash.New()
	d.WriteString(h.Get("Content-Type") + "\x00" + h.Get("Content-Encoding") + "\x00")
	d.Write(body)
	return `W/"` + hex.EncodeToString(d.Sum(nil)) + "-" + strconv.FormatInt(int64(len(body)), 36) + `"`
}
