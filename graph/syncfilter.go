package graph

import (
	"fmt"
	"slices"
	"strings"

	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// matchesEverything reports whether every sync passes.
func (f *SyncFilter) matchesEverything() bool { return f.listName() == "" }

// listName returns the part of a list's name that describes the filter. Lists with different
// filters are different lists.
func (f *SyncFilter) listName() string {
	name := ""
	if f == nil {
		return name
	}
	if f.LabelContains != nil {
		name += fmt.Sprintf("/label %q", *f.LabelContains)
	}
	if f.Paused != nil {
		name += fmt.Sprintf("/paused %t", *f.Paused)
	}
	if f.Statuses != nil {
		name += fmt.Sprintf("/status %q", f.Statuses)
	}
	if f.HealthStates != nil {
		name += fmt.Sprintf("/health %q", f.HealthStates)
	}
	if f.InProgress != nil {
		name += fmt.Sprintf("/in progress %t", *f.InProgress)
	}
	if f.SourceIds != nil {
		name += fmt.Sprintf("/source %d", f.SourceIds)
	}
	if f.DestinationIds != nil {
		name += fmt.Sprintf("/destination %d", f.DestinationIds)
	}
	if f.DestinationTypes != nil {
		name += fmt.Sprintf("/type %q", f.DestinationTypes)
	}
	if f.Operations != nil {
		name += fmt.Sprintf("/operation %q", f.Operations)
	}
	if f.GroupIds != nil {
		keys, _ := parseGroupIDs("", f.GroupIds)
		name += fmt.Sprintf("/group %q", keys)
	}
	return name
}

// check rejects lists that are too long.
func (f *SyncFilter) check() error {
	if f == nil {
		return nil
	}
	for _, list := range [...]struct {
		name string
		long int
	}{{"sourceIds", len(f.SourceIds)}, {"destinationIds", len(f.DestinationIds)}, {"destinationTypes", len(f.DestinationTypes)}, {"operations", len(f.Operations)}} {
		if list.long > maxSyncIDs {
			return badInput("filter: %s must name at most %d, got %d", list.name, maxSyncIDs, list.long)
		}
	}
	_, err := parseGroupIDs("filter: groupIds", f.GroupIds)
	return err
}

// groupKeys returns the keys of the groups that pass; nil if all do.
func (f *SyncFilter) groupKeys() []string {
	if f == nil {
		return nil
	}
	keys, _ := parseGroupIDs("", f.GroupIds)
	return keys
}

// needsHealth reports whether the filter needs the newest runs of each sync.
func (f *SyncFilter) needsHealth() bool {
	return f != nil && (f.HealthStates != nil || f.InProgress != nil)
}

// A preparedFilter is a filter with the data it needs besides the syncs.
type preparedFilter struct {
	filter       *SyncFilter
	destinations *loadedValue[upstream.Side, *upstream.Ends] // nil if it needs none
}

// prepare requests the data that f needs.
func (f *SyncFilter) prepare(l *loaders) preparedFilter {
	p := preparedFilter{filter: f}
	if f != nil && len(f.DestinationTypes) > 0 {
		p.destinations = l.connections.load(upstream.Destinations)
	}
	return p
}

// matcher returns a function that reports whether a sync passes by its record.
func (p preparedFilter) matcher() (func(*census.Sync) bool, error) {
	var destinations *upstream.Ends
	if p.destinations != nil {
		var err error
		if destinations, err = p.destinations.Get(); err != nil {
			return nil, err
		}
	}
	f, part := p.filter, ""
	if f.LabelContains != nil {
		part = foldCase(*f.LabelContains)
	}
	return func(s *census.Sync) bool {
		switch {
		case f.Paused != nil && *f.Paused != s.Paused:
		case f.Statuses != nil && !slices.Contains(f.Statuses, s.Status):
		case !listAllows(f.SourceIds, s.Source.ConnectionID), !listAllows(f.DestinationIds, s.Destination.ConnectionID), !listAllows(f.Operations, s.Operation):
		case f.DestinationTypes != nil && !listAllows(f.DestinationTypes, destinationType(destinations, &s.Destination)):
		case part != "" && (s.Label == nil || !strings.Contains(foldCase(*s.Label), part)):
		default:
			return true
		}
		return false
	}, nil
}

// destinationType returns the type of a sync's destination; nil if it is unknown.
func destinationType(destinations *upstream.Ends, d *census.SyncDestination) *string {
	if destinations == nil { // the filter lists no types, so no sync passes
		return nil
	}
	_, kind := destinations.Destination(d)
	return kind
}

// listAllows reports whether v is in list. A nil list contains everything; any other list does not
// contain nil.
func listAllows[T comparable](list []T, v *T) bool {
	return list == nil || v != nil && slices.Contains(list, *v)
}

// filterByRecord returns the syncs that pass by their records, which must have been read. It omits
// syncs that could not be read; failed holds their errors.
func (p preparedFilter) filterByRecord(syncs []*Sync) (chosen []*Sync, failed []error, err error) {
	if p.filter.matchesEverything() {
		return syncs, nil, nil
	}
	match, err := p.matcher()
	if err != nil {
		return nil, nil, err
	}
	chosen = slices.DeleteFunc(syncs, func(s *Sync) bool {
		if s.record == nil {
			failed = append(failed, s.err)
			return true
		}
		return !match(s.record)
	})
	return chosen, failed, nil
}

// filterByHealth returns the syncs that pass by their health, which must have been evaluated. A
// sync whose health cannot be read is UNKNOWN; if it is omitted, failed holds its error.
func (p preparedFilter) filterByHealth(syncs []*Sync) (chosen []*Sync, failed []error) {
	f := p.filter
	if !f.needsHealth() {
		return syncs, nil
	}
	chosen = slices.DeleteFunc(syncs, func(s *Sync) bool {
		passes := (f.HealthStates == nil || slices.Contains(f.HealthStates, s.healthResult.state())) &&
			(f.InProgress == nil || s.healthResult.err == nil && *f.InProgress == s.healthResult.active)
		if !passes && s.healthResult.err != nil {
			failed = append(failed, s.healthResult.err)
		}
		return !passes
	})
	return chosen, failed
}
