// Package answers keeps whole GraphQL answers for as long as what they were made
// from is fresh, and gives them again to the same caller asking the same thing.
// Identical operations that are under way at once run once.
//
// It parses no GraphQL. What stands below it says of each answer how long it is
// good for (Fresh). One that is good for no time, since it has errors or is stale
// already, goes to those who were waiting for it: were each to ask anew, a Census
// that hangs would cost them twice the time. An answer of which nothing is said is
// passed on as it comes, and nobody else gets it; so do streams.
//
// Two requests are the same if caller, method, query string, body and the
// headers in keyHeaders are, byte for byte. HEAD counts as GET. The Cache-Control of
// a request changes nothing: what is below would answer from memory as well.
//
// An answer kept carries ETag and Cache-Control: private, max-age=N, N being the
// whole seconds it has left. A GET or HEAD that names the tag in If-None-Match
// gets 304. A POST does not: RFC 9110, 13.1.2, would have it refused with 412,
// which serves nobody, so the header is ignored there.
//
// Where it stands: inside of authentication and rates, which a hit must
// pass too; outside of compression, so that what is kept is packed once; outside
// of the bound on operations at once, since a hit takes no place.
package answers
