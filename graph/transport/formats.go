package transport

// A mediaType is a media type of answers.
type mediaType uint8

const (
	mediaNone mediaType = iota
	mediaJSON
	mediaGraphQL
	mediaEvents // server-sent events
)

// contentTypes holds values of the Content-Type header, which must not be modified.
var contentTypes = [...][]string{
	mediaJSON:    {"application/json; charset=utf-8"},
	mediaGraphQL: {"application/graphql-response+json; charset=utf-8"},
	mediaEvents:  {"text/event-stream; charset=utf-8"},
}

// A partsFormat is one of the two formats for the parts of an answer.
type partsFormat uint8

const (
	partsNone partsFormat = iota
	// partsByPath refers to parts by path and label: the incremental delivery draft of 24 August
	// 2022. Apollo Client calls it deferSpec=20220824.
	partsByPath
	// partsByID announces parts and refers to them by ids: the draft of 2023 and later, as in
	// graphql-js 17. Apollo Client calls it incrementalSpec=v0.2.
	partsByID
)

// An eventFormat is a format of events.
type eventFormat uint8

const (
	eventsNone eventFormat = iota
	eventsSSE
	eventsMultipart
)

// Server-sent events follow the protocol of the npm package graphql-sse, with one connection for
// each operation. Each event is one Write. A comment keeps the connection open. If a stream ends
// early, a comment with a close code gives [Sockets] the reason; other clients just reconnect.
const (
	eventBegin     = "event: next\ndata: "
	eventEnd       = "\n\n"
	eventComplete  = "event: complete\ndata: \n\n"
	eventHeartbeat = ":\n\n"
)
