package census

import (
	"strconv"
	"unsafe"
)

// An Activation of V2 is the pair of a source and a destination (API reference V2, "List
// activations"). Its id is text. Census sends credentials with it; fields that are not named
// here are dropped while decoding.
type Activation struct {
	ID          string
	Name        *string
	GroupID     *string
	Source      End
	Destination End
}

// An End of an activation is its source or its destination.
type End struct {
	ID         string // "": Census sends no id
	Name, Type *string
}

// scan reads an activation. It skips unknown keys, credentials among them.
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

// textOf reads a scalar as text; "" for null, objects and lists.
func textOf(s *reader) string {
	if v := s.Nullable(); v != nil {
		return *v
	}
	return ""
}

// Activations are all activations that a token may see.
type Activations struct {
	byID          map[string]*Activation
	byDestination map[string][]*Activation
}

// IndexActivations makes Activations from a list.
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

// Destination returns the activation that contains a sync's destination: the one that the
// destination names, otherwise the one with the same destination. Of several, it returns the
// one with the sync's source. It returns nil if no activation matches.
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

// Named returns the activation that a sync's destination names by its id, or by both its ends.
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

// Source returns the source of the activation that a sync names; without a name if the sync
// names no activation.
func (a *Activations) Source(src *SyncSource) End {
	if src.ActivationID != nil {
		if one := a.byID[*src.ActivationID]; one != nil {
			return one.Source
		}
	}
	return End{}
}

// InActivation reports whether the source can be found only through the activations.
func (src *SyncSource) InActivation() bool { return src.ConnectionID == nil && src.ActivationID != nil }

// Weight estimates the memory of the activation, in bytes.
func (a *Activation) Weight() int {
	return int(unsafe.Sizeof(*a)) + len(a.ID) + len(a.Source.ID) + len(a.Destination.ID) + weightOf(a.Name, a.GroupID, a.Source.Name, a.Source.Type, a.Destination.Type)
}
