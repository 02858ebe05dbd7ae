package graph

import (
	"cmp"
	"context"
	"slices"

	"census-gateway/graph/alerts"
	"census-gateway/graph/exec"
)

// alertsOf returns the alerts of s in some states.
func alertsOf(ctx context.Context, s *Sync, states []alerts.State) exec.Later[[]*alerts.Alert] {
	return exec.Map(healthInputOf(ctx, s), func(e healthInput, err error) ([]*alerts.Alert, error) {
		if err != nil {
			return nil, err
		}
		all := append(alerts.Of(s.record, e.runs, e.more, e.now), loadersOf(ctx).options.ReportedAlerts.Of(s.ID, e.runs, e.more)...)
		chosen := make([]*alerts.Alert, 0, len(all))
		for i := range all {
			if slices.Contains(states, all[i].State) {
				chosen = append(chosen, &all[i])
			}
		}
		return chosen, nil
	})
}

// alertsOfSyncs returns the alerts of the syncs with the given ids, or of all syncs, in some states
// and of some rules; nil: of all rules.
func alertsOfSyncs(ctx context.Context, states []alerts.State, ids []string, rules []alerts.Rule) exec.Later[[]*alerts.Alert] {
	var named []*Sync
	if ids != nil {
		var err error
		if named, err = syncsWithIDs("syncIds", ids); err != nil {
			return exec.Value[[]*alerts.Alert](nil, err)
		}
	}
	return exec.Bind(loadersOf(ctx).selectSyncs(ctx, named, nil), func(syncs []*Sync) exec.Later[[]*alerts.Alert] {
		var failed exec.Beside
		each := exec.All(len(syncs), func(i int) exec.Later[[]*alerts.Alert] { return alertsOf(ctx, syncs[i], states) },
			func(of []*alerts.Alert, err error) []*alerts.Alert {
				if err != nil {
					failed = append(failed, err)
				}
				return of
			})
		return exec.Map(each, func(each [][]*alerts.Alert, _ error) ([]*alerts.Alert, error) {
			all := slices.DeleteFunc(slices.Concat(each...), func(a *alerts.Alert) bool { return rules != nil && !slices.Contains(rules, a.Rule) })
			slices.SortFunc(all, compareAlerts)
			switch {
			case len(failed) == 0:
				return all, nil
			case len(failed) == len(syncs):
				return nil, failed
			}
			return all, failed
		})
	})
}

// alertStates is the order of states in a list of alerts.
var alertStates = [...]alerts.State{alerts.Firing, alerts.Unknown, alerts.Resolved}

// compareAlerts puts alerts in order: by state, the newest first, those without a time last.
func compareAlerts(a, b *alerts.Alert) int {
	return cmp.Or(cmp.Compare(slices.Index(alertStates[:], a.State), slices.Index(alertStates[:], b.State)),
		cmp.Compare(b.Since, a.Since), cmp.Compare(a.Sync, b.Sync), cmp.Compare(a.ID, b.ID))
}
