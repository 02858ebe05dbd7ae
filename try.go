package main

import (
	"context"
	"errors"
	"fmt"

	"census-gateway/settings"
	"census-gateway/upstream/calls"
)

// tryCensus makes one call to Census. The error says in plain words what is wrong
// with the token or the base URL.
func (g *gateway) tryCensus(ctx context.Context, s settings.Settings) error {
	if s.Simulated() {
		return nil
	}
	err := g.census.Try(ctx)
	var e *calls.Error
	if !errors.As(err, &e) {
		return err
	}
	if s.PassThrough && (e.Kind == calls.Unauthenticated || e.Kind == calls.Forbidden) {
		return nil // Census answers, and nobody's token was shown
	}
	const check = "check CENSUS_BASE_URL (--census-base-url), "
	switch {
	case e.Kind == calls.Unauthenticated:
		return fmt.Errorf("Census does not accept the token (401): check CENSUS_API_TOKEN (--census-api-token), and that it belongs to the region of %s", s.BaseURL)
	case e.Kind == calls.Forbidden:
		return errors.New("Census does not let this token list syncs (403): check what CENSUS_API_TOKEN (--census-api-token) may do")
	case e.Kind == calls.NotFound:
		return fmt.Errorf("Census has no syncs under %s (%d): "+check+"whose prefix is /api/v1 or /api/v2", s.BaseURL, e.Status)
	case e.Kind == calls.RateLimited:
		return errors.New("Census wants fewer calls (429): wait before you ask more")
	case e.Kind == calls.Timeout:
		return fmt.Errorf("Census did not answer in time: "+check+"and the network between here and %s", s.BaseURL)
	case e.Status >= 500:
		return fmt.Errorf("Census fails (%d) at %s: its settings may be right; try again later", e.Status, s.BaseURL)
	case e.Status == 0:
		return fmt.Errorf("Census cannot be reached at %s: %w: "+check+"DNS and firewalls", s.BaseURL, e.Err)
	case e.Kind == calls.BadResponse || e.Kind == calls.Unavailable: // something else is there
		return fmt.Errorf("what answers at %s (%d) is not the Census API: "+check+"which is %s in the US", s.BaseURL, e.Status, calls.DefaultBaseURL)
	}
	return err
}

// logCensus tries Census once and logs what came of it.
func (g *gateway) logCensus(ctx context.Context, s settings.Settings) {
	err := g.tryCensus(ctx, s)
	switch {
	case s.Simulated() || ctx.Err() != nil:
	case err != nil:
		g.log.Error("Census cannot be used", "error", err)
	default:
		g.log.Info("Census can be used")
	}
}
