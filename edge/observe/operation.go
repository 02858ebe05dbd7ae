package observe

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// An Operation is one GraphQL operation that is over.
type Operation struct {
	RequestID string // as the access layer gave it out; "" if none
	Name      string // operation name as the client sent it; "" if it has none
	Type      string // "query"; "" if it was never parsed
	Trusted   string // id of the trusted document it is; "" if it is none
	Document  string // first 12 hex digits of the SHA-256 of the query text; "" if there was none
	Caller    string // who asked, as an id; never a token. "" if nobody is known
	Client    string // address it came from; "" if unknown
	// App and AppVersion are what the client calls itself; "" if it does not.
	App, AppVersion string
	// Start and Duration are filled in by the end function of StartOperation
	// where they are zero.
	Start    time.Time
	Duration time.Duration

	Deprecated []string // fields it asked that are deprecated, "Type.field"

	CensusCalls int // HTTP tries at Census made for it
	CacheHits   int // pages it found in memory

	Codes  []string // extensions.code of the errors in the answer, first come first
	Status int      // HTTP status of the answer; 0 if there was none

	Refusal Refusal // the zero Refusal if it was not refused
}

// A Refusal is why a request was not served.
type Refusal struct {
	Reason  string // in one word; "" if it was not refused
	Setting string // what would change it; "" if nothing would
	Cause   error  // in full; nil if the reason says it all
}

// A Call is one call to Census that is over, retries included.
type Call struct {
	Endpoint string        // method and path template: "GET /syncs/{id}/sync_runs"
	Outcome  string        // "ok", "not_found", "rate_limited", "unavailable", "timeout" and the like
	Status   int           // HTTP status of the last try; 0 if no answer came
	Duration time.Duration // of all tries and the waits between; see Operation.Duration
	Tries    int           // HTTP requests made; 0: the call never left
}

// shortHash stands for what is not to be shown.
func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:12]
}

// clean returns op with nothing left in it that a client could have smuggled
// in.
func (op Operation) clean() Operation {
	op.RequestID = identifier(op.RequestID)
	op.Name = graphqlName(op.Name)
	op.Type = operationType(op.Type)
	op.Document = documentHash(op.Document)
	op.Trusted = identifier(op.Trusted)
	op.Caller = caller(op.Caller)
	op.Client = identifier(op.Client)
	op.App, op.AppVersion = appName(op.App), appName(op.AppVersion)
	op.Refusal.Reason = keep(op.Refusal.Reason, word)
	op.Codes = errorCodes(op.Codes)
	return op
}

// code is the one word an operation is counted under.
func (op Operation) code() string {
	if len(op.Codes) == 0 {
		return "OK"
	}
	return op.Codes[0]
}
