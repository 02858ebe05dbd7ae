package census

import (
	"strconv"
	"unsafe"
)

// An Activation of V2 is the pair of a source and a destination (API reference V2, "List
// activations"). Its id is text. Census sends credentials with it; what is not named here
// is dropped while decoding.
type Activation struct {
	ID          string
	Name        *string
	GroupID     *string
	Source      End
	Destination End
}

// An End of an activation is its source or its destination.
type End struct {
	ID         string // "": Census tells none
	Name, Type *string
}

// scan reads an activation; keys it does not know, credentials among them, are skipped.
func (a *Activation) scan(s *reader) {
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		switch key {
		case "id":
			a.ID = textOf(s)
		case "name":
			a.Name = s.Nullable()
		case "group_id":
			a.GroupID = s.Nullable()
		case "source":
			a.Source.scan(s)
		case "destination":
			a.Destination.scan(s)
		default:
			s.Skip()
		}
	}
}

func (e *End) scan(s *reader) {
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		switch key {
		case "id":
			e.ID = textOf(s)
		case "name":
			e.Name = s.Nullable()
		case "type":
			e.Type = s.Nullable()
		default:
			s.Skip()
		}
	}
}

// textOf is a scalar as text; "" if it is null or none.
func textOf(s *reader) string {
	if v := s.Nullable(); v != nil {
		return *v
	}
	return ""
}

// Activations are all that a token may see.
type Activations struct {
	byID          map[string]*Activation
	byDestination map[string][]*Activation
}

// IndexActivations makes Activations of a list.
func IndexActivations(list []Activation) *Activations {
	a := &Activations{make(map[string]*Activation, len(list)), make(map[string][]*Activation, len(list))}
	for i := range list {
		one := &list[i]
		a.byID[one.ID] = one
		if id := one.Destination.ID; id != "" {
			a.byDestination[id] = append(a.byDestination[id], one)
		}
	}
	return a
}

// Destination is the activation of which a sync's destination is an end: the one it
// names, else the one with that destination; of several, the one with the sync's source.
// Nil if there is none.
func (a *Activations) Destination(d *SyncDestination) *Activation {
	if named := a.Named(d); named != nil {
		return named
	}
	if d.ConnectionID == nil {
		return nil
	}
	if with := a.byDestination[strconv.FormatInt(*d.ConnectionID, 10)]; len(with) == 1 {
		return with[0]
	}
	return nil
}

// named is the activation that a sync's destination names by its id, or by both its ends.
func (a *Activations) Named(d *SyncDestination) *Activation {
	if d.ActivationID != nil {
		if one := a.byID[*d.ActivationID]; one != nil {
			return one
		}
	}
	if d.ConnectionID == nil || d.SourceID == nil {
		return nil
	}
	for _, one := range a.byDestination[strconv.FormatInt(*d.ConnectionID, 10)] {
		if one.Source.ID == strconv.FormatInt(*d.SourceID, 10) {
			return one
		}
	}
	return nil
}

// Source is the source in the activation that a sync names; without a name if it names
// none.
func (a *Activations) Source(src *SyncSource) End {
	if src.ActivationID != nil {
		if one := a.byID[*src.ActivationID]; one != nil {
			return one.Source
		}
	}
	return End{}
}

// InActivation tells whether the source can be looked up only among the activations.
func (src *SyncSource) InActivation() bool { return src.ConnectionID == nil && src.ActivationID != nil }

// weight is about what the activation takes in memory.
func (a *Activation) Weight() int {
	return int(unsafe.Sizeof(*a)) + len(a.ID) + len(a.Source.ID) + len(a.Destination.ID) + weightOf(a.Name, a.GroupID, a.Source.Name, a.Source.Type, a.Destination.Type)
}
