package observe

import "time"

// An Operation describes a completed GraphQL operation.
type Operation struct {
	RequestID string // as the access layer assigned it; "" if none
	Name      string // operation name, as the client sent it; "" if it has none
	Type      string // "query" or "subscription"; "" if the document was not parsed
	Trusted   string // id of the trusted document; "" if it is not one
	Document  string // first 12 hex digits of the SHA-256 of the query text; "" if there was none
	Caller    string // id of the caller, never a token; "" if unknown
	Client    string // address of the client; "" if unknown
	// App and AppVersion are the client's own name and version; "" if it sends none.
	App, AppVersion string
	// Start and Duration are set by the end function of StartOperation if they are zero.
	Start    time.Time
	Duration time.Duration

	Deprecated []string // deprecated fields it selected, "Type.field"

	CensusCalls int // HTTP requests to Census made for it, including retries
	CacheHits   int // pages it found in memory

	Codes  []string // extensions.code of the errors in the answer, in order
	Status int      // HTTP status of the answer; 0 if there was none

	Refusal Refusal // the zero Refusal if it was not rejected
}

// A Refusal describes why a request was rejected.
type Refusal struct {
	Reason  string // in one word; "" if the request was not rejected
	Setting string // the setting that could allow the request; "" if no setting could
	Cause   error  // details for the log; nil if the reason is enough
}

// A Call describes a completed call to Census, including retries.
type Call struct {
	Endpoint string        // method and path template: "GET /syncs/{id}/sync_runs"
	Outcome  string        // "ok", "not_found", "rate_limited", "unavailable", "timeout" and others
	Status   int           // HTTP status of the last try; 0 without a response
	Duration time.Duration // of all tries and the waits between; see Operation.Duration
	Tries    int           // HTTP requests made; 0: none was sent
}

// clean returns op without anything harmful that a client could have put into it.
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

// code returns the single code under which the operation is counted.
func (op Operation) code() string {
	if len(op.Codes) == 0 {
		return "OK"
	}
	return op.Codes[0]
}
