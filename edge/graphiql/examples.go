package graphiql

import "strings"

// Examples returns the tabs of a first visit: one query for each frequent question. GraphiQL
// names a tab after its operation. Each query runs unchanged. Objects are named only for the
// simulated Census, since the objects of another are unknown.
func Examples(simulated bool) []Tab {
	one := Tab{Query: oneSync, Variables: `{ "ids": null }`}
	if simulated {
		one.Variables = `{ "ids": ["Sync:52"] }`
	}
	return []Tab{
		{Query: failing},
		{Query: failed, Variables: lines(`{`, `  "since": "<1 day ago>"`, `}`)},
		{Query: lastWeek, Variables: lines(`{`, `  "since": "<7 days ago>",`, `  "timeZone": "<time zone>"`, `}`)},
		one,
		{Query: workspace},
	}
}

func lines(line ...string) string { return strings.Join(line, "\n") }

const failing = `# How many syncs are in which state, and the worst of
# them with their newest runs.
#
# A PARTIAL run lost records: the destination
# rejected recordsFailed of them, and Census left out
# sourceRecordInvalids for their quality.
query WhatIsFailingNow {
  syncs(orderBy: { field: HEALTH }, first: 10) {
    healthCounts {
      state
      count
    }
    nodes {
      id
      label
      url
      nextRunAt
      activeRun {
        createdAt
        expectedCompletedAt
      }
      health {
        state
        since
        reason
        consecutiveFailures
        lastSuccessAt
        lateBySeconds
      }
      latestRun {
        outcome
        createdAt
        errorCode
        errorMessage
        recordsFailed
        sourceRecordInvalids
        url
      }
    }
  }
}
`

const failed = `# The runs of all syncs that failed, and those that
# lost records; the newest first.
#
# Variables: since is the start of yesterday, here.
# Next page: after: endCursor.
query WhatFailedSinceYesterday($since: DateTime!) {
  failed: syncRuns(
    filter: { createdSince: $since, outcomes: [FAILED] }
    first: 50
  ) {
    nodes {
      ...Failure
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
  lostRecords: syncRuns(
    filter: { createdSince: $since, outcomes: [PARTIAL] }
    first: 50
  ) {
    nodes {
      ...Failure
      recordsProcessed
      recordsFailed
      sourceRecordInvalids
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment Failure on SyncRun {
  id
  sync {
    id
    label
  }
  createdAt
  errorCode
  errorMessage
  url
}
`

const lastWeek = `# The last seven days and today, all syncs together.
#
# Variables: since is the start of the first day, and
# timeZone the place by whose clocks days begin: here.
query HowDidLastWeekGo($since: DateTime!, $timeZone: String) {
  syncRunStats(filter: { createdSince: $since }) {
    totalRuns
    failed: count(outcomes: [FAILED])
    successRate
    cleanRate
    durationSeconds {
      p50
      p95
    }
    records {
      processed
      updated
      failed
      invalid
    }
    errors(first: 5) {
      key
      code
      template
      count
      syncCount
      firstSeenAt
      lastSeenAt
    }
    groups(by: SYNC, orderBy: FAILED, first: 5) {
      label
      stats {
        totalRuns
        cleanRate
        durationSeconds {
          p95
        }
      }
    }
    series(bucket: DAY, timeZone: $timeZone) {
      startsAt
      totalRuns: count
      failed: count(outcomes: [FAILED])
    }
    truncated
  }
}
`

const oneSync = `# One sync: how it is, and its newest runs.
#
# Variables: ids takes an id from another tab, such as
# ["Sync:…"]. Null: the newest sync of the workspace.
# Next page of runs: after: endCursor.
query OneSync($ids: [ID!]) {
  syncs(ids: $ids, first: 1) {
    nodes {
      id
      label
      status
      paused
      schedule {
        frequency
      }
      nextRunAt
      typicalRun {
        durationSeconds {
          p50
          p95
        }
      }
      health {
        state
        reason
      }
      runs(first: 10) {
        totalCount
        nodes {
          id
          outcome
          createdAt
          durationSeconds
          recordsProcessed
          recordsUpdated
          recordsFailed
          sourceRecordInvalids
          errorCode
          errorMessage
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
`

const workspace = `# Every sync: from where to where, how often, and its
# newest run.
#
# Next page: after: endCursor.
query TheWholeWorkspace {
  syncs(first: 50) {
    totalCount
    nodes {
      id
      label
      status
      paused
      source {
        connectionName
        connectionType
        objectName
      }
      destination {
        connectionName
        connectionType
        object
      }
      schedule {
        frequency
      }
      latestRun {
        status
        outcome
        createdAt
        recordsFailed
        sourceRecordInvalids
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
