package graph

import (
	"strconv"

	"census-gateway/upstream"
)

type run = *upstream.SyncRun

// runObject is SyncRun.
var runObject = &object[run]{syncRunImplementors, map[string]field[run]{
	"id":         leaf(func(b []byte, r run) []byte { return appendNodeID(b, syncRunType, int64(r.ID)) }),
	"databaseId": leaf(func(b []byte, r run) []byte { return appendDecimal(b, int64(r.ID)) }),
	"syncId":     leaf(func(b []byte, r run) []byte { return appendDecimal(b, int64(r.SyncID)) }),

	"status":    leaf(func(b []byte, r run) []byte { return appendWord(b, string(r.Status)) }),
	"rawStatus": leaf(func(b []byte, r run) []byte { return appendString(b, r.RawStatus) }),
	"outcome":   leaf(func(b []byte, r run) []byte { return appendWord(b, string(r.Outcome())) }),

	"createdAt":              leaf(func(b []byte, r run) []byte { return appendRequired(b, r.CreatedAt) }),
	"updatedAt":              leaf(func(b []byte, r run) []byte { return appendRequired(b, r.UpdatedAt) }),
	"completedAt":            leaf(func(b []byte, r run) []byte { return appendDateTime(b, r.CompletedAt) }),
	"scheduledExecutionTime": leaf(func(b []byte, r run) []byte { return appendDateTime(b, r.ScheduledExecutionTime) }),
	"durationSeconds":        leaf(func(b []byte, r run) []byte { return appendFloat(b, r.DurationSeconds()) }),
	"scheduleDelaySeconds":   leaf(func(b []byte, r run) []byte { return appendFloat(b, r.ScheduleDelaySeconds()) }),

	"errorCode":    leaf(func(b []byte, r run) []byte { return appendOptional(b, r.ErrorCode) }),
	"errorMessage": leaf(func(b []byte, r run) []byte { return appendOptional(b, r.ErrorMessage) }),
	"errorDetail":  leaf(func(b []byte, r run) []byte { return appendOptional(b, r.ErrorDetail) }),
	"currentStep":  leaf(func(b []byte, r run) []byte { return appendOptional(b, r.CurrentStep) }),

	"sourceRecordCount":    leaf(func(b []byte, r run) []byte { return appendCount(b, r.SourceRecordCount) }),
	"sourceRecordUpdates":  leaf(func(b []byte, r run) []byte { return appendCount(b, r.SourceRecordUpdates) }),
	"sourceRecordDeletes":  leaf(func(b []byte, r run) []byte { return appendCount(b, r.SourceRecordDeletes) }),
	"sourceRecordInvalids": leaf(func(b []byte, r run) []byte { return appendCount(b, r.SourceRecordInvalids) }),
	"recordsInvalid":       leaf(func(b []byte, r run) []byte { return appendCount(b, r.RecordsInvalid) }),
	"recordsProcessed":     leaf(func(b []byte, r run) []byte { return appendCount(b, r.RecordsProcessed) }),
	"recordsUpdated":       leaf(func(b []byte, r run) []byte { return appendCount(b, r.RecordsUpdated) }),
	"recordsFailed":        leaf(func(b []byte, r run) []byte { return appendCount(b, r.RecordsFailed) }),

	"fullSync": leaf(func(b []byte, r run) []byte { return strconv.AppendBool(b, r.FullSync) }),
	"canceled": leaf(func(b []byte, r run) []byte { return strconv.AppendBool(b, r.Canceled) }),
	"dryRun":   leaf(func(b []byte, r run) []byte { return strconv.AppendBool(b, r.DryRun()) }),

	"url": link((*Resolver).appendRunURL),

	"sync": {compile: writeSyncOfRun},

	"syncTriggerReason": maybe(triggerObject, func(r run) *upstream.SyncTriggerReason { return r.SyncTriggerReason }),
}}

var triggerObject = &object[*upstream.SyncTriggerReason]{syncTriggerReasonImplementors, map[string]field[*upstream.SyncTriggerReason]{
	"uiTag":    leaf(func(b []byte, t *upstream.SyncTriggerReason) []byte { return appendOptional(b, t.UITag) }),
	"uiDetail": leaf(func(b []byte, t *upstream.SyncTriggerReason) []byte { return appendOptional(b, t.UIDetail) }),
}}

var runConnectionObject = &object[*SyncRunConnection]{syncRunConnectionImplementors, map[string]field[*SyncRunConnection]{
	"edges": many(runEdgeObject, (*SyncRunConnection).len, (*SyncRunConnection).edge),
	"nodes": many(runObject, (*SyncRunConnection).len, func(c *SyncRunConnection, i int) run { return c.edge(i).Node() }),

	"pageInfo":   one(pageInfoObject, (*SyncRunConnection).PageInfo),
	"totalCount": leaf(func(b []byte, c *SyncRunConnection) []byte { return appendInt(b, c.TotalCount()) }),
}}

var runEdgeObject = &object[SyncRunEdge]{syncRunEdgeImplementors, map[string]field[SyncRunEdge]{
	"cursor": leaf(func(b []byte, e SyncRunEdge) []byte { return append(e.appendCursor(append(b, '"')), '"') }),
	"node":   one(runObject, SyncRunEdge.Node),
}}

var pageInfoObject = &object[*PageInfo]{pageInfoImplementors, map[string]field[*PageInfo]{
	"hasNextPage":     leaf(func(b []byte, p *PageInfo) []byte { return strconv.AppendBool(b, p.HasNextPage) }),
	"hasPreviousPage": leaf(func(b []byte, p *PageInfo) []byte { return strconv.AppendBool(b, p.HasPreviousPage) }),
	"startCursor":     leaf(func(b []byte, p *PageInfo) []byte { return appendOptional(b, p.StartCursor) }),
	"endCursor":       leaf(func(b []byte, p *PageInfo) []byte { return appendOptional(b, p.EndCursor) }),
}}
