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
func (r *healthResult) state() health.State {
	if r.health == nil {
		return health.Unknown
	}
	return r.health.State
}

// since returns when that state began; 0 if it is unknown.
func (r *healthResult) since() census.DateTime {
	if r.health == nil {
		return 0
	}
	return r.health.Since
}
