// Package answers keeps whole GraphQL answers for as long as their data is fresh, and returns
// them to the same caller for the same request. Identical operations in progress at the same time
// run once.
//
// The package does not parse GraphQL. The handler below it calls Fresh to say how long each answer
// stays fresh. An answer that has errors or is already stale is not kept, and goes only to the
// requests that already wait for it. If each of them ran again, a Census that hangs would cost them
// twice the time. Answers without a call of Fresh, and streams, pass through and are not shared.
//
// Two requests are identical if caller, method, query string, body and the headers in keyHeaders
// are, byte for byte. HEAD is treated as GET. The Cache-Control of a request has no effect, since
// the layers below would also answer from memory.
//
// A kept answer has an ETag and Cache-Control: private, max-age=N, where N is the remaining time
// in whole seconds. A GET or HEAD with that tag in If-None-Match gets 304. A POST does not: RFC
// 9110, 13.1.2, asks for 412 there, which helps no client, so the header is ignored.
//
// The middleware belongs inside of authentication and rates, which also apply to a hit. It
// belongs outside of compression, so that a kept answer is compressed only once. It belongs
// outside of the limit on concurrent operations, since a hit takes no place.
package answers
