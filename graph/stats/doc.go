// Package stats summarizes sync runs: their number, outcomes, durations, records and errors, in
// total and over time.
//
// A Digest takes runs one at a time and does not store them. Digests of parts of a history can be
// kept and merged. The parts and their order do not change the answer, unless a reader's comment
// says so. A run added twice counts twice, so remove the repeats of overlapping pages first.
//
// # Which runs count
//
//	                     totals,   success  durations,    errors
//	                     outcomes  rate     records,
//	                                        last success
//	SUCCEEDED            yes       yes      yes           no
//	PARTIAL              yes       yes      yes           if it names one
//	FAILED               yes       yes      yes           yes
//	other outcomes       yes       no       yes, if known no
//	dry runs             yes       no       no            as their outcome
//
// Census lists dry runs among the others, so totals include them. They write nothing, so only
// their errors are reported besides. Only a SUCCEEDED or PARTIAL run is a last success.
//
// # Time
//
// A run belongs to the moment of its creation. A Digest sums runs by quarter hours of UTC. Every
// offset in use since 1972 is a multiple of 15 minutes, so hours, days and weeks of any time zone
// consist of whole quarter hours. So one Digest can answer for any zone and bucket. The price: a
// range cannot be cut inside a quarter hour, so add only the runs of the range.
//
// # Memory
//
// Memory depends on the time covered and the variety of the runs, not on their number. A quarter
// hour with a run takes about 0.16 KB, and another 0.5 KB if it has 64 runs. Above that, it takes
// 8 bytes for each distinct duration of the sketch, of which there are 1,403. The 144,000 runs of
// a month take about 2 MB, a million runs about 7 MB.
//
// A Digest keeps the newest 100,000 quarter hours (1,000 days without a gap), and about 200 error
// groups, each with a copy of its latest run. A Subset takes 8 bytes for each of its first 10,000
// runs.
//
// A Digest for one scale counts in units of that scale instead of quarter hours. One of 720
// hourly runs by day takes some 20 KB, and one without a scale some 7 KB.
package stats
