// Package census decodes Census's answers into syncs, their runs, and the connections between
// which they copy. It works on text alone: it uses no network and no clock.
//
// [DecodePage] reads the answer of a list, [DecodeOne] that of a single record:
//
//	runs, err := census.DecodePage[census.SyncRun](body, 100)
//	sync, err := census.DecodeOne[census.Sync](body)
//
// Both are lenient, because Census has changed types and words before:
//
//   - a number may be sent as a string;
//   - a value of a wrong type is null;
//   - an unknown word is UNKNOWN;
//   - unknown keys are skipped, among them SQL, hosts and credentials.
//
// An answer is an error if it is not JSON, has more rows than requested, or reports a failure
// in its status. Decoded values do not keep the answer's text in memory.
//
// [SyncRun.Outcome] classifies how a run ended, more exactly than its status.
// [SyncRun.Settled] reports whether a run can still change. [PackRuns] stores settled runs in
// a tenth of their memory.
package census
