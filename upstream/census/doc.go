// Package census holds what Census says: syncs, their runs, and the connections they go
// between, with the words and dates in which the Management API tells of them. It turns
// an answer's text into them and asks for nothing: it knows no network, no clock and no
// page but the one it is given.
//
// [DecodePage] reads the answer of a list, [DecodeOne] that of a single record:
//
//	runs, err := census.DecodePage[census.SyncRun](body, 100)
//	sync, err := census.DecodeOne[census.Sync](body)
//
// Both read leniently, since Census has changed types and words before: a number may come
// as a string, a value of a wrong type is null, a word that is not known is UNKNOWN, and
// keys that are not known are passed over, among them SQL, hosts and credentials. What
// is no JSON, has more rows than were asked for, or says by its status that it failed is
// an error. Nothing that is given out keeps the answer's text in memory.
//
// A [SyncRun] tells what its status does not by [SyncRun.Outcome], and by
// [SyncRun.Settled] whether it will change no more. Runs that have settled take a tenth of
// their memory as [PackRuns] has them.
package census
