package sim

import "time"

// Options configure a Census. The zero value is a realistic workspace that requires no
// token. The options below Empty concern behavior that Census's documentation leaves open.
// Their zero values are the likelier behavior.
type Options struct {
	Seed  uint64           // the same seed and clock give the same answers
	Now   func() time.Time // nil: time.Now
	Token string           // bearer token, or basic password of user "bearer"; "" accepts any request
	Empty bool             // start without syncs, and create no runs

	PersonalToken string // accepted by V2 instead of Token; "" means that V2 accepts Token
	Elsewhere     int    // syncs of another workspace, at most 6, which only V2 shows

	PlainText401      bool   // reject tokens in plain text, as Rails does, not as {"status":401}
	EmptyLastPageZero bool   // last_page of an empty list is 0, not 1
	PastEnd404        bool   // a page past the end is 404, not an empty page
	LargePage400      bool   // per_page above 100 is 400, not 100
	NoPagination      bool   // lists have no pagination object, only the legacy next
	OmitNext          bool   // lists have no legacy next
	StepWhenDone      bool   // completed runs keep current_step, as in the documents' samples
	CanceledStatus    string // final status of canceled runs; "" is completed
	FirstRunID        int64  // 0 is 425,000,001; such ids existed in January 2026
	SyncBytes         int    // minimum size of a sync object in bytes; 0 is 8 KiB
	MaxPerPage        int    // maximum number of rows in a page; 0 is 100
	TotalOff          int    // added to every total_records; may be negative
	HeavySyncs        int    // a page with more syncs times out; 0: no page does

	V2 V2 // open questions about version 2

	Ties TieOrder // order of rows created in the same millisecond
	Bulk int      // number of syncs of the realistic workspace created together; 0 and 1: none
}

// V2 configures behavior of version 2 of the API that Census's documentation leaves open.
// The zero value is the likelier behavior.
type V2 struct {
	Naming     Naming // how a sync names its activation
	NoSourceID bool   // a sync names no source connection
	SyncGroups bool   // a sync has its group_id
	TextIDs    bool   // an activation's destination has its id as text
	ByGroup    bool   // /syncs is ordered by group, and by creation within each
	LegacyNext bool   // lists have V1's next
	Missing    Missing
}

// Naming is how a sync of V2 names its activation.
type Naming int

const (
	NamedInside   Naming = iota // destination_attributes.activation_id
	NamedOnSync                 // activation_id
	NamedObject                 // activation.id
	NamedAsText                 // destination_attributes.connection_id, as text
	NamedByNumber               // destination_attributes.connection_id is the id of the activation's destination
)

// Namings lists all values of Naming.
var Namings = []Naming{NamedInside, NamedOnSync, NamedObject, NamedAsText, NamedByNumber}

// Missing is the body of a 404 of V2.
type Missing int

const (
	MissingNumber Missing = iota // {"status":404}
	MissingText                  // {"status":"404"}
	MissingEmpty
)

// A TieOrder is the order in which Census lists rows created in the same millisecond. Its
// documentation promises order by creation time and does not mention such ties.
type TieOrder int

const (
	TiesByID        TieOrder = iota // by ascending id; descending lists by descending id
	TiesByIDTurned                  // by descending id; descending lists by ascending id
	TiesByFraction                  // by a hidden fraction of the millisecond, which ids do not follow
	TiesByIDBothWay                 // by ascending id in both: descending lists are not the reverse of ascending ones
	TiesShuffled                    // in a different order in each call
)

// TieOrders lists all values of TieOrder.
var TieOrders = []TieOrder{TiesByID, TiesByIDTurned, TiesByFraction, TiesByIDBothWay, TiesShuffled}
