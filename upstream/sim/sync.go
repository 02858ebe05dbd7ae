package sim

import (
	"slices"
	"time"
)

// A Sync copies records from a source to a destination. Empty text is null on the wire, unless
// stated otherwise.
type Sync struct {
	ID                int64
	Label             string
	NoLabel           bool   // AddSync leaves Label empty, as many workspaces do
	Status            string // "": computed from the runs, in Title Case as seen on the wire
	Frequency         string // never, continuous, quarter_hourly, hourly, daily, weekly, expression
	Cron              string // with frequency expression; UTC
	Day               string // with frequency weekly: "Monday"
	Hour              int    // UTC; with daily and weekly
	Minute            int    // with hourly, daily and weekly
	RawSchedule       bool   // the fields above are sent as they are, whatever the frequency; "" and -1 are null
	Paused            bool
	Operation         string // upsert, insert, update, append, mirror
	SourceID          int64
	DestinationID     int64
	DestinationObject string // full name: "Contact"
	Alerts            string // alert_attributes as JSON; "": one for failures
	Triggers          string // JSON members of mode.triggers beside the schedule: "dbt_cloud":{"project_id":"7","job_id":"9"}
	Elsewhere         bool   // of another workspace: only V2 shows it, if Options.Elsewhere is above 0
	CreatedAt         time.Time
	UpdatedAt         time.Time // of the settings; runs do not change it
}

// A syncState is a sync, its runs, and how it continues by itself.
type syncState struct {
	Sync
	rows      []row
	future    *future        // nil if the sync starts no runs by itself
	bulkyJSON [v2 + 1][]byte // the JSON after the settings by version, made at the first request
}

// A future describes the runs that a sync will start by itself. Times are in ms since 1970.
type future struct {
	cron         *cron // nil: only the extras happen
	due          int64
	slot         int64 // the schedule's time that becomes a run at due
	until        int64 // the schedule starts no runs from this time on
	delay        int64 // maximum ms between slot and run
	extras       []extra
	fates        map[int64]fate // by slot, in whole hours from the anchor
	failsFrom    int64          // every run fails from this time on
	errorIndex   int            // the error of all failures of this sync; -1: any error
	seconds      int64          // approximate duration of a run
	records      int64          // in the source
	changedShare int64          // records that change between runs, per thousand
	failureRate  int64          // failures per thousand runs
	cause        cause
}

// An extra is a run that the schedule did not start.
type extra struct {
	at    int64
	cause cause
	fate  fate
	full  bool
}

func (p *future) add(x extra) {
	i, _ := slices.BinarySearchFunc(p.extras, x, func(a, b extra) int { return int(a.at - b.at) })
	p.extras = slices.Insert(p.extras, i, x)
}

// A row is a run as stored: written by a test, or generated from its start and fate each time
// it is read. Tens of thousands of the latter take little memory.
type row struct {
	id, at  int64 // at: created_at in ms since 1970
	written *Run  // nil: generated from the rest
	delay   int32 // ms since its scheduled time
	cause   cause
	fate    fate
	full    bool
}

type cause uint8

const (
	bySchedule cause = iota
	continuously
	byHand
	byCall
	byDryRun
	noReason // no sync_trigger_reason
)

type fate uint8

const (
	undecided        fate = iota // becomes one of the others when the run is created
	clean                        // completed
	rejecting                    // completed, though the destination rejected some records
	rejectingCoded               // the same, with an error_code
	broken                       // failed, with completed_at
	brokenOpen                   // failed, completed_at and most counts null
	canceledFinished             // canceled, status completed
	canceledBroken               // canceled, status failed
	stuck                        // working for ever
	skipped                      // an earlier run was still active
	undocumented                 // an undocumented status
)
