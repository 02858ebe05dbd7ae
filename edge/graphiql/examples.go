package graphiql

// Examples are the tabs of a first visit: one query for each question the gateway is most asked.
var Examples = []Tab{
	{Query: latestRuns, Variables: `{ "id": "Sync:52" }`},
	{Query: workspace},
	{Query: oneRun, Variables: `{ "id": "SyncRun:425000009" }`},
}

const latestRuns = `# The newest runs of one sync.
#
# Variables: "Sync:" and its number in Census.
# Next page: runs(first: 10, after: endCursor).
query LatestRuns($id: ID!) {
  sync(id: $id) {
    label
    status
    runs(first: 10) {
      totalCount
      nodes {
        id
        status
        outcome
        createdAt
        completedAt
        recordsProcessed
        recordsFailed
        errorMessage
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`

const workspace = `# Every sync, each with its newest run.
query Workspace {
  syncs(first: 50) {
    totalCount
    nodes {
      id
      label
      status
      paused
      latestRun {
        status
        outcome
        createdAt
        errorCode
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`

const oneRun = `# One run, every detail.
#
# Variables: the id of a run in another answer.
query OneRun($id: ID!) {
  syncRun(id: $id) {
    id
    sync {
      id
      label
    }
    status
    outcome
    rawStatus
    currentStep
    fullSync
    dryRun
    canceled
    syncTriggerReason {
      uiTag
      uiDetail
    }
    scheduledExecutionTime
    scheduleDelaySeconds
    createdAt
    updatedAt
    completedAt
    durationSeconds
    errorCode
    errorMessage
    errorDetail
    sourceRecordCount
    sourceRecordUpdates
    sourceRecordDeletes
    sourceRecordInvalids
    recordsProcessed
    recordsUpdated
    recordsFailed
  }
}
`
