package census

import (
	"strconv"
	"strings"
)

// A Sync copies rows from a source to a destination (API reference, "List syncs"). Census
// sends 8 to 48 KB for each. Fields that are not named here, such as SQL, columns, mappings
// and connection details, are dropped while decoding.
type Sync struct {
	ID          SyncID
	Label       *string // nil: it has no label, which is common
	Operation   *string
	Paused      bool // independent of Status
	Status      SyncStatus
	CreatedAt   DateTime // never 0
	UpdatedAt   DateTime
	Schedule    SyncSchedule
	Source      SyncSource
	Destination SyncDestination
	Alerts      []AlertSetting
	GroupID     *string  // V2 only, if the sync itself has it
	Triggers    []string // "schedule", "dbt_cloud", "fivetran", "sync_sequence", …; nil: Census does not say
}

// A SyncSchedule says when Census starts a sync by itself.
type SyncSchedule struct {
	Frequency      *string // "never", "continuous", "quarter_hourly", "hourly", "daily", "weekly" or "expression"
	Day            *string // name of a weekday
	Hour           *int32  // UTC; 0 to 24 as documented
	Minute         *int32
	CronExpression *string // UTC; set if Frequency is "expression"
}

// A SyncSource is where a sync reads from.
type SyncSource struct {
	ConnectionID *int64
	ObjectType   *string // "model", "table", "segment", …
	ObjectName   *string
	ActivationID *string // V2 only: the pair of source and destination
}

// A SyncDestination is where a sync writes to.
type SyncDestination struct {
	ConnectionID *int64
	ActivationID *string // V2 only: the pair of source and destination
	Object       *string // full name at the destination, such as "Contact"
	SourceID     *int64  // the source connection, which selects one of several activations
}

// A SyncStatus is Census's status of a sync as a whole.
type SyncStatus string

const (
	SyncReady    SyncStatus = "READY"
	SyncUpToDate SyncStatus = "UP_TO_DATE"
	SyncFailing  SyncStatus = "FAILING"
	SyncUnknown  SyncStatus = "UNKNOWN"
)

// parseSyncStatus ignores case: the documents write "up to date", the wire "Up to Date".
func parseSyncStatus(raw string) SyncStatus {
	switch strings.ToLower(raw) {
	case "ready":
		return SyncReady
	case "up to date":
		return SyncUpToDate
	case "failing":
		return SyncFailing
	}
	return SyncUnknown
}

// scan reads a sync. It skips unknown keys.
func (y *Sync) scan(s *reader) {
	var activation *string
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		switch key {
		case "id":
			n, _ := s.Integer()
			y.ID = SyncID(n)
		case "label":
			y.Label = s.Nullable()
		case "operation":
			y.Operation = s.Nullable()
		case "paused":
			y.Paused = s.Boolean()
		case "status":
			raw, _ := s.Scalar()
			y.Status = parseSyncStatus(raw)
		case "created_at":
			y.CreatedAt = s.dateTime()
		case "updated_at":
			y.UpdatedAt = s.dateTime()
		case "schedule_frequency":
			y.Schedule.Frequency = s.Nullable()
		case "schedule_day":
			y.Schedule.Day = s.Nullable()
		case "schedule_hour":
			y.Schedule.Hour = s.small()
		case "schedule_minute":
			y.Schedule.Minute = s.small()
		case "cron_expression":
			y.Schedule.CronExpression = s.Nullable()
		case "source_attributes":
			y.Source = scanSource(s)
		case "destination_attributes":
			y.Destination = scanDestination(s)
		case "group_id":
			y.GroupID = s.Nullable()
		case "activation_id":
			activation = s.Nullable()
		case "activation":
			activation = scanID(s)
		case "alert_attributes":
			y.Alerts = scanAlertSettings(s)
		case "mode":
			y.Triggers = scanMode(s)
		default:
			s.Skip()
		}
	}
	if y.Status == "" {
		y.Status = SyncUnknown
	}
	if y.Destination.ActivationID == nil {
		y.Destination.ActivationID = activation
	}
	y.Source.ActivationID, y.Destination.SourceID = y.Destination.ActivationID, y.Source.ConnectionID
}

// scanID reads the id in an object; nil if it has none.
func scanID(s *reader) (id *string) {
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		if key == "id" {
			id = s.Nullable()
		} else {
			s.Skip()
		}
	}
	return id
}

func scanSource(s *reader) (src SyncSource) {
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		switch key {
		case "connection_id":
			src.ConnectionID = s.number()
		case "object":
			for key, ok := s.Enter(); ok; key, ok = s.Member() {
				switch key {
				case "type":
					src.ObjectType = s.Nullable()
				case "name":
					src.ObjectName = s.Nullable()
				default:
					s.Skip()
				}
			}
		default:
			s.Skip()
		}
	}
	return src
}

func scanDestination(s *reader) (dst SyncDestination) {
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		switch key {
		case "connection_id": // V2 may send the activation's id instead
			if s.Peek() != '"' {
				dst.ConnectionID = s.number()
			} else if raw := s.Nullable(); raw != nil {
				if n, err := strconv.ParseInt(*raw, 10, 64); err == nil {
					dst.ConnectionID = &n
				} else if dst.ActivationID == nil {
					dst.ActivationID = raw
				}
			}
		case "activation_id":
			dst.ActivationID = s.Nullable()
		case "object":
			dst.Object = s.Nullable()
		default:
			s.Skip()
		}
	}
	return dst
}
