package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"census-gateway/settings"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
)

// endOfV1 is when Census retires version 1 of its API (Census's migration guide).
var endOfV1 = time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)

// tryCensus calls Census and returns the number of syncs and the groups that the token can
// read. The error explains what is wrong with the token or the base URL.
func (g *gateway) tryCensus(ctx context.Context, s settings.Settings) (found upstream.Found, err error) {
	if s.Simulated() {
		return found, nil
	}
	found, err = g.census.Try(ctx)
	if err != nil && found.Syncs >= 0 {
		return found, fmt.Errorf("reading the groups of Census failed: %w", err)
	}
	return found, g.explain(s, err)
}

// explain returns an error for operators that names the cause of err and the setting to
// check. It returns nil if err only means that there is no shared token.
func (g *gateway) explain(s settings.Settings, err error) error {
	var e *calls.Error
	if !errors.As(err, &e) {
		return err
	}
	if s.PassThrough && (e.Kind == calls.Unauthenticated || e.Kind == calls.Forbidden) {
		return nil // Census answers, and no shared token was tested
	}
	const check = "check CENSUS_BASE_URL (--census-base-url), "
	switch {
	case e.Personal:
		return fmt.Errorf("Census does not accept the token (401) at %s: V2 takes personal access tokens only, not workspace access tokens: check CENSUS_API_TOKEN (--census-api-token)", s.BaseURL)
	case e.Kind == calls.Unauthenticated:
		return fmt.Errorf("Census rejects the token (401): check CENSUS_API_TOKEN (--census-api-token), and that it belongs to the region of %s", s.BaseURL)
	case e.Kind == calls.Forbidden:
		return errors.New("Census does not allow this token to list syncs (403): check the permissions of CENSUS_API_TOKEN (--census-api-token)")
	case e.Kind == calls.Gone && e.Status/100 == 3:
		return fmt.Errorf("the server at %s (%d) is not the Census API: %w: "+check+"and whether V1 has been retired: see docs/v2.md", s.BaseURL, e.Status, e.Err)
	case e.Kind == calls.Gone:
		return fmt.Errorf("Census serves no list of syncs at %s (%d): "+check+"which must end with /api/v1 or /api/v2, and whether V1 has been retired: see docs/v2.md", s.BaseURL, e.Status)
	case e.Kind == calls.RateLimited:
		return errors.New("Census limits the calls of this token (429): wait a minute, then try again")
	case e.Kind == calls.Timeout:
		return fmt.Errorf("Census did not answer in time: "+check+"and the network between here and %s", s.BaseURL)
	case e.Status >= 500:
		return fmt.Errorf("Census fails (%d) at %s: try again later; the settings may be valid", e.Status, s.BaseURL)
	case e.Status == 0:
		return fmt.Errorf("Census cannot be reached at %s: %w: "+check+"DNS and firewalls", s.BaseURL, e.Err)
	case e.Kind == calls.BadResponse || e.Kind == calls.Unavailable: // something other than Census answers
		return fmt.Errorf("the server at %s (%d) is not the Census API: "+check+"which is %s in the US", s.BaseURL, e.Status, calls.DefaultBaseURL)
	}
	return err
}

// logCensus calls Census once and logs the result.
func (g *gateway) logCensus(ctx context.Context, s settings.Settings) {
	if s.Simulated() {
		return
	}
	version := g.census.Version()
	if version == calls.V1 {
		g.log.Warn("Census retires V1 of its API: see docs/v2.md for the switch to V2", "on", endOfV1.Format(time.DateOnly), "daysLeft", daysLeft(time.Now()))
	} else if s.Auth == "basic" {
		g.log.Warn("V2 of Census's API may reject tokens sent by HTTP Basic: unset CENSUS_AUTH")
	}
	found, err := g.tryCensus(ctx, s)
	switch {
	case ctx.Err() != nil:
	case err != nil && found.Syncs >= 0 && s.GroupKeys() != nil:
		g.log.Error("no sync is served until the gateway can read the groups", "error", err)
	case err != nil:
		g.log.Error("Census cannot be used", "error", err)
	default:
		g.log.Info("Census can be used", g.foundAttrs(s, found)...)
	}
}

// daysLeft returns the number of days from now until V1 is retired; negative after that.
func daysLeft(now time.Time) int { return int(math.Ceil(endOfV1.Sub(now).Hours() / 24)) }

// foundAttrs returns the result of a try as attributes for the log. It logs a warning if
// CENSUS_GROUPS contains groups that the token cannot read.
func (g *gateway) foundAttrs(s settings.Settings, found upstream.Found) []any {
	attrs := []any{"version", g.census.Version().String()}
	if found.Syncs >= 0 {
		attrs = append(attrs, "syncs", found.Syncs)
	}
	if g.census.Version() == calls.V1 {
		return attrs
	}
	served := s.GroupKeys()
	keys := make([]string, len(found.Groups))
	for i, group := range found.Groups {
		keys[i] = group.Key
	}
	missing := slices.DeleteFunc(slices.Clone(served), func(key string) bool { return slices.Contains(keys, key) })
	if len(missing) > 0 {
		g.log.Warn("CENSUS_GROUPS names groups that the token cannot read: check their names and the permissions of the token", "groups", missing)
	}
	attrs = append(attrs, "groups", len(keys))
	if served == nil {
		return append(attrs, "served", "all groups: set CENSUS_GROUPS to serve some")
	}
	return append(attrs, "served", len(served)-len(missing))
}
