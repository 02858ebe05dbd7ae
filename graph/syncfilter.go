package graph

import (
	"fmt"
	"slices"
	"strings"

	"census-gateway/upstream"
)

// all tells that every sync passes.
func (f *SyncFilter) all() bool {
	return f == nil || f.LabelContains == nil && f.Paused == nil && f.Statuses == nil
}

// name is the filter in the name of a list: a list is another with another filter.
func (f *SyncFilter) name() string {
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
	return name
}

// matcher tells which syncs pass.
func (f *SyncFilter) matcher() func(*upstream.Sync) bool {
	part := ""
	if f.LabelContains != nil {
		part = folded(*f.LabelContains)
	}
	return func(s *upstream.Sync) bool {
		switch {
		case f.Paused != nil && *f.Paused != s.Paused:
		case f.Statuses != nil && !slices.Contains(f.Statuses, s.Status):
		case part != "" && (s.Label == nil || !strings.Contains(folded(*s.Label), part)):
		default:
			return true
		}
		return false
	}
}

// choose leaves the syncs that pass, whose records were read. Those that could not be
// read are left out; failed says why.
func (f *SyncFilter) choose(syncs []*Sync) (chosen []*Sync, failed []error) {
	if f.all() {
		return syncs, nil
	}
	match := f.matcher()
	chosen = slices.DeleteFunc(syncs, func(s *Sync) bool {
		if s.record == nil {
			failed = append(failed, s.err)
			return true
		}
		return !match(s.record)
	})
	return chosen, failed
}
