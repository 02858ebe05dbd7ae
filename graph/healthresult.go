package graph

import (
	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// A healthResult is the health of a sync, or the error of finding it.
type healthResult struct {
	health *health.Health
	active bool // a run is in progress
	err    error
}

// state returns the state for orders and filters.
func (v *healthResult) state() health.State {
	if v.health == nil {
		return health.Unknown
	}
	return v.health.State
}

// since returns when that state began; 0 if it is unknown.
func (v *healthResult) since() census.DateTime {
	if v.health == nil {
		return 0
	}
	return v.health.Since
}
