// Package stats sums up sync runs: how many, how they ended, how long they
// took, what they wrote, what went wrong, and all that over time.
//
// A Digest takes runs one at a time and keeps none of them. Digests of parts of a history
// can be kept and merged; in which parts, and in which order, makes no difference to the
// answer but where a reader says so. A run that is given twice counts twice: drop the
// repeats of overlapping pages first.
//
// # Which runs count
//
//	                     totals,   success  durations,    errors
//	                     outcomes  rate     records,
//	                                        last success
//	SUCCEEDED            yes       yes      yes           no
//	PARTIAL              yes       yes      yes           if it names one
//	FAILED               yes       yes      yes           yes
//	other outcomes       yes       no       yes, if told  no
//	dry runs             yes       no       no            as their outcome
//
// Census lists dry runs among the others, so they are counted among them. They write
// nothing, so only their errors are reported besides. Only a SUCCEEDED or PARTIAL run is a
// last success.
//
// # Time
//
// Runs belong to the moment they were created. A Digest sums them by quarter
// hours of UTC: every offset in use since 1972 is a multiple of 15 minutes, so
// hours, days and weeks of any time zone are made of whole quarter hours, and
// one kept Digest answers for zones and buckets nobody thought of when it was
// made. The price is that a range is not cut inside a quarter hour: fold only
// the runs of the range.
//
// # Memory
//
// Bounded by the time covered and the variety of what is seen, never by the
// number of runs: about 0.16 KB for each quarter hour with a run in it, and
// another 0.5 KB where it has 64 runs; above that 8 bytes for each distinct
// duration as the sketch tells them apart, of which there are 1,403. 144,000
// runs of a month come to about 2 MB, a million to about 7 MB. Of the quarter
// hours the newest 100,000 are kept (1,000 days without a gap), of the error
// groups about 200, each with a copy of its latest run. The runs kept apart for
// groups take 8 bytes each, up to 10,000 of a kind. A Digest that is to tell
// its Series by one scale counts in its units instead of quarter hours: one of
// 720 hourly runs by day takes some 20 KB, by no scale some 7.
package stats
