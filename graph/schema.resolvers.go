package graph

import (
	"context"

	"census-gateway/graph/alerts"
	"census-gateway/graph/exec"
	"census-gateway/graph/health"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
)

// The resolvers of all fields that are not read directly from a Go value. A resolver requests
// the data it needs and returns its future value (exec.Later). Each has a price in price.go.

func (r queryResolver) Node(ctx context.Context, id string) exec.Later[Node] {
	return r.node(ctx, "id", id)
}

func (r queryResolver) Nodes(ctx context.Context, ids []string) exec.Later[[]Node] {
	return r.nodes(ctx, ids)
}

func (r queryResolver) Sync(ctx context.Context, id string) exec.Later[*Sync] {
	n, err := parseSyncID("id", id)
	return exec.Value(&Sync{ID: n, required: true}, err)
}

func (r queryResolver) Syncs(ctx context.Context, ids []string, filter *SyncFilter, orderBy *SyncOrder, first *int, after *string, last *int, before *string) exec.Later[*SyncConnection] {
	return resolveSyncs(ctx, ids, filter, orderBy, pageArgs{first, after, last, before})
}

func (r queryResolver) SyncRun(ctx context.Context, id string) exec.Later[*census.SyncRun] {
	n, err := parseSyncRunID("id", id)
	if err != nil {
		return exec.Value[*census.SyncRun](nil, err)
	}
	return exec.After(loadersOf(ctx).runs.load(n), withoutError)
}

func (r queryResolver) SyncRuns(ctx context.Context, syncIds []string, groupIds []string, filter *stats.Filter, orderBy *SyncRunOrder, first *int, after *string, last *int, before *string) exec.Later[*SyncRunConnection] {
	return resolveTimeline(ctx, syncIds, groupIds, filter, runsNewestFirst(orderBy), pageArgs{first, after, last, before})
}

func (r queryResolver) SyncRunStats(ctx context.Context, syncIds []string, groupIds []string, filter stats.Filter) exec.Later[*SyncRunStats] {
	return syncRunStats(ctx, syncIds, groupIds, &filter)
}

func (r queryResolver) Groups(ctx context.Context) exec.Later[[]*Group] {
	return r.groups(ctx)
}

func (r queryResolver) Alerts(ctx context.Context, states []alerts.State, syncIds []string, rules []alerts.Rule) exec.Later[[]*alerts.Alert] {
	return alertsOfSyncs(ctx, states, syncIds, rules)
}

func (r groupResolver) Syncs(ctx context.Context, obj *Group, first *int, after *string, last *int, before *string) exec.Later[*SyncConnection] {
	return resolveSyncs(ctx, nil, &SyncFilter{GroupIds: []string{obj.Key}}, nil, pageArgs{first, after, last, before})
}

func (r syncResolver) Group(ctx context.Context, obj *Sync) exec.Later[*Group] {
	return r.groupOfSync(ctx, obj)
}

func (r syncResolver) Runs(ctx context.Context, obj *Sync, filter *stats.Filter, orderBy *SyncRunOrder, first *int, after *string, last *int, before *string) exec.Later[*SyncRunConnection] {
	return runsOf(ctx, obj.ID, filter, runsNewestFirst(orderBy), pageArgs{first, after, last, before})
}

func (r syncResolver) LatestRun(ctx context.Context, obj *Sync) exec.Later[*census.SyncRun] {
	return latestRunOf(ctx, obj.ID)
}

func (r syncResolver) ActiveRun(ctx context.Context, obj *Sync) exec.Later[*census.SyncRun] {
	return activeRunOf(ctx, obj.ID)
}

func (r syncResolver) NextRunAt(ctx context.Context, obj *Sync) exec.Later[*census.DateTime] {
	return nextRunOf(ctx, obj)
}

func (r syncResolver) TypicalRun(ctx context.Context, obj *Sync, last int, fullSync bool) exec.Later[*stats.Typical] {
	return typicalRunOf(ctx, obj.ID, last, fullSync)
}

func (r syncResolver) RunStats(ctx context.Context, obj *Sync, filter stats.Filter) exec.Later[*SyncRunStats] {
	return runStats(ctx, obj.ID, &filter)
}

func (r syncResolver) Health(ctx context.Context, obj *Sync) exec.Later[*health.Health] {
	return healthOf(ctx, obj)
}

func (r syncResolver) Alerts(ctx context.Context, obj *Sync, states []alerts.State) exec.Later[[]*alerts.Alert] {
	return alertsOf(ctx, obj, states)
}

func (r syncResolver) URL(ctx context.Context, obj *Sync) exec.Later[*string] {
	return exec.Value(r.syncURL(obj.ID), nil)
}

func (r syncAlertResolver) Sync(ctx context.Context, obj *alerts.Alert) exec.Later[*Sync] {
	return exec.Value(&Sync{ID: obj.Sync}, nil)
}

func (r syncConnectionResolver) HealthCounts(ctx context.Context, obj *SyncConnection) exec.Later[[]*SyncHealthCount] {
	return countHealth(ctx, obj)
}

func (r syncDestinationResolver) ConnectionName(ctx context.Context, obj *census.SyncDestination) exec.Later[*string] {
	return destinationConnection(ctx, obj, connectionName)
}

func (r syncDestinationResolver) ConnectionType(ctx context.Context, obj *census.SyncDestination) exec.Later[*string] {
	return destinationConnection(ctx, obj, connectionType)
}

func (r syncRunResolver) Sync(ctx context.Context, obj *census.SyncRun) exec.Later[*Sync] {
	return exec.Value(&Sync{ID: obj.SyncID}, nil)
}

func (r syncRunResolver) ExpectedDurationSeconds(ctx context.Context, obj *census.SyncRun) exec.Later[*float64] {
	return expectedDuration(ctx, obj)
}

func (r syncRunResolver) ExpectedCompletedAt(ctx context.Context, obj *census.SyncRun) exec.Later[*census.DateTime] {
	return expectedCompletion(ctx, obj)
}

func (r syncRunResolver) URL(ctx context.Context, obj *census.SyncRun) exec.Later[*string] {
	return exec.Value(r.runURL(obj), nil)
}

func (r syncRunStatsResolver) Groups(ctx context.Context, obj *SyncRunStats, by SyncRunGroupBy, orderBy SyncRunGroupOrder, first int) exec.Later[[]*SyncRunStatsGroup] {
	return r.runGroups(ctx, obj, by, orderBy, first)
}

func (r syncRunStatsGroupResolver) Label(ctx context.Context, obj *SyncRunStatsGroup) exec.Later[*string] {
	return runGroupLabel(ctx, obj)
}

func (r syncScheduleResolver) Executions(ctx context.Context, obj *census.SyncSchedule, after, before *census.DateTime, first int) exec.Later[[]census.DateTime] {
	return exec.Value(scheduledTimesOf(ctx, obj, after, before, first))
}

func (r syncSourceResolver) ConnectionName(ctx context.Context, obj *census.SyncSource) exec.Later[*string] {
	return sourceConnection(ctx, obj, connectionName)
}

func (r syncSourceResolver) ConnectionType(ctx context.Context, obj *census.SyncSource) exec.Later[*string] {
	return sourceConnection(ctx, obj, connectionType)
}

type (
	queryResolver             struct{ *Resolver }
	groupResolver             struct{ *Resolver }
	syncResolver              struct{ *Resolver }
	syncAlertResolver         struct{ *Resolver }
	syncConnectionResolver    struct{ *Resolver }
	syncDestinationResolver   struct{ *Resolver }
	syncRunResolver           struct{ *Resolver }
	syncRunStatsResolver      struct{ *Resolver }
	syncRunStatsGroupResolver struct{ *Resolver }
	syncScheduleResolver      struct{ *Resolver }
	syncSourceResolver        struct{ *Resolver }
)
