package census

import "unsafe"

// Weight estimates the memory of the run with its texts, in bytes.
func (r *SyncRun) Weight() int {
	n := int(unsafe.Sizeof(*r)) + len(r.RawStatus) + weightOf(r.ErrorCode, r.ErrorMessage, r.ErrorDetail, r.CurrentStep)
	if t := r.SyncTriggerReason; t != nil {
		n += int(unsafe.Sizeof(*t)) + weightOf(t.UITag, t.UIDetail)
	}
	return n
}

// weightOf estimates the memory of texts, in bytes.
func weightOf(texts ...*string) (n int) {
	for _, t := range texts {
		if t != nil {
			n += int(unsafe.Sizeof(*t)) + len(*t)
		}
	}
	return n
}

// Weight estimates the memory of the sync with its numbers and texts, in bytes.
func (y *Sync) Weight() int {
	return int(unsafe.Sizeof(*y)) + 64 + weightOf(y.Label, y.Operation, y.Schedule.Frequency, y.Schedule.Day, y.Schedule.CronExpression,
		y.Source.ObjectType, y.Source.ObjectName, y.Destination.Object, y.Destination.ActivationID, y.GroupID) + settingsWeight(y.Alerts, y.Triggers)
}

// Weight estimates the memory of the connection with its texts, in bytes.
func (n *Connection) Weight() int {
	return int(unsafe.Sizeof(*n)) + weightOf(n.Name, n.Type, n.GroupID)
}
