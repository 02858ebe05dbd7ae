package census

// A SyncID is Census's number of a sync, always above 0.
type SyncID int64

// A SyncRunID is Census's number of a sync run, always above 0. It rises with time across all
// syncs.
type SyncRunID int64

// A Count is a number of records, which Census may omit.
type Count struct {
	N     int64
	Known bool // false: null
}

// A SyncTriggerReason is why a run was started, in the words of Census's own pages.
type SyncTriggerReason struct {
	UITag    *string // "Manual", "API Request", "Dry Run", …; an open list
	UIDetail *string // may contain the e-mail address of a person
}
