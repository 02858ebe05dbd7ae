package census

import "unsafe"

// An AlertSetting is an alert that is configured for a sync in Census ("alert_attributes", API
// reference). Census does not say whether the alert is open now.
type AlertSetting struct {
	ID       int64        // 0 if Census sends no id
	Type     string       // "FailureAlertConfiguration", …; an open list
	SendFor  string       // "first_time" or "every_time"; "" if Census does not say
	Recovery bool         // whether the end of the trouble is reported too
	Options  []NamedValue // by type: "threshold", "unit", "start_type", "record_type", "status_name", …
}

// A NamedValue is a member of a JSON object whose value is text, a number or a boolean, as
// text.
type NamedValue struct{ Name, Value string }

// AlertInvalidRecords is the type of an alert on the share of rejected or invalid records.
const AlertInvalidRecords = "InvalidRecordPercentAlertConfiguration" // option "threshold": percent

// Option returns the value of an option; "" if it is missing.
func (a *AlertSetting) Option(name string) string {
	for _, o := range a.Options {
		if o.Name == name {
			return o.Value
		}
	}
	return ""
}

func scanAlertSettings(s *reader) (all []AlertSetting) {
	for ok := s.Open('['); ok && s.Next(']'); {
		var a AlertSetting
		for key, ok := s.Enter(); ok; key, ok = s.Member() {
			switch key {
			case "id":
				a.ID, _ = s.Integer()
			case "type":
				a.Type = s.copied()
			case "send_for":
				a.SendFor = s.copied()
			case "should_send_recovery":
				a.Recovery = s.Boolean()
			case "options":
				a.Options = scanOptions(s)
			default:
				s.Skip()
			}
		}
		if a.Type != "" {
			all = append(all, a)
		}
	}
	return all
}

func scanOptions(s *reader) (all []NamedValue) {
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		if value := s.copied(); value != "" {
			all = append(all, NamedValue{s.Keep(key), value})
		}
	}
	return all
}

// scanMode reads the triggers that start a sync; nil if Census does not say.
func scanMode(s *reader) (triggers []string) {
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		if key == "triggers" {
			triggers = scanTriggers(s)
			continue
		}
		s.Skip()
	}
	return triggers
}

// scanTriggers lists the configured triggers. It skips null triggers, triggers with only null
// members, and the schedule "never".
func scanTriggers(s *reader) []string {
	if !s.Open('{') {
		return nil
	}
	set := []string{}
	for name, ok := s.Member(); ok; name, ok = s.Member() {
		if s.Peek() != '{' {
			if v, ok := s.Scalar(); ok && v != "false" {
				set = append(set, s.Keep(name))
			}
			continue
		}
		told, never := false, false
		for key, ok := s.Enter(); ok; key, ok = s.Member() {
			nested := s.Peek() == '{' || s.Peek() == '['
			v, ok := s.Scalar()
			told = told || ok || nested
			never = never || key == "frequency" && v == "never"
		}
		if told && !never {
			set = append(set, s.Keep(name))
		}
	}
	return set
}

// copied is Nullable as a copy of the text; "" for null.
func (s *reader) copied() string {
	if v := s.Nullable(); v != nil {
		return *v
	}
	return ""
}

// settingsWeight estimates the memory of alerts and triggers, in bytes.
func settingsWeight(alerts []AlertSetting, triggers []string) int {
	n := 0
	for i := range alerts {
		a := &alerts[i]
		n += int(unsafe.Sizeof(*a)) + len(a.Type) + len(a.SendFor)
		for _, o := range a.Options {
			n += int(unsafe.Sizeof(o)) + len(o.Name) + len(o.Value)
		}
	}
	for _, t := range triggers {
		n += int(unsafe.Sizeof(t)) + len(t)
	}
	return n
}
