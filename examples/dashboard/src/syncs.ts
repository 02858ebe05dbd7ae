import { useCallback, useEffect, useRef, useState } from 'react'
import type { CombinedError } from '@urql/core'
import { client } from './gateway'
import { RowsDocument, type RowsQuery } from './gql/graphql'
import { useFollowing } from './events'
import { useSchedule } from './live'
import type { View } from './url'

export type SyncRow = RowsQuery['syncs']['nodes'][number]
export type Syncs = { rows: SyncRow[]; total: number; counts: { state: string; count: number }[]; error?: CombinedError; loading: boolean; complete: boolean }
const mostPages = 10

/** All syncs, worst first, read page by page. Each is listed once, although the order may change between pages. */
export function useSyncs(): Syncs {
  const [syncs, set] = useState<Syncs>({ rows: [], total: 0, counts: [], loading: true, complete: false })
  const reading = useRef<{ unsubscribe(): void }[]>([])
  const held = useRef<RowsQuery['syncs'][]>([])
  const last = useRef(0)
  const read = useCallback(() => {
    last.current = Date.now()
    const pages = held.current
    reading.current.forEach((f) => f.unsubscribe())
    reading.current = []
    const cursors: string[] = []
    const page = (n: number, after: string | null) => {
      cursors[n] = after ?? ''
      reading.current[n] = client.query(RowsDocument, { after }, { requestPolicy: 'cache-and-network' }).subscribe((r) => {
        const got = r.data?.syncs
        if (got) pages[n] = got
        if (got && !got.pageInfo.hasNextPage) pages.length = n + 1
        const more = got?.pageInfo.hasNextPage && got.pageInfo.endCursor && n + 1 < mostPages
        const rows = [...new Map(pages.flatMap((p) => p.nodes).map((row) => [row.id, row])).values()]
        set((s) => ({
          rows: rows.length || got ? rows : s.rows,
          total: pages[0]?.totalCount ?? s.total, counts: pages[0]?.healthCounts ?? s.counts,
          error: r.error, loading: r.stale || Boolean(more), complete: !more,
        }))
        if (more && !r.stale && cursors[n + 1] !== got.pageInfo.endCursor) {
          reading.current[n + 1]?.unsubscribe()
          page(n + 1, got.pageInfo.endCursor!)
        }
      })
    }
    set((s) => ({ ...s, loading: true }))
    page(0, null)
  }, [])
  useEffect(() => {
    read()
    return () => reading.current.forEach((f) => f.unsubscribe())
  }, [read])
  const following = useFollowing()
  useSchedule(read, following ? 300_000 : syncs.rows.some((r) => r.latestRun?.outcome === 'IN_PROGRESS') ? 30_000 : 60_000, last)
  return syncs
}

export const nameOf = (sync: { label?: string | null; databaseId: number }) => sync.label || `Sync ${sync.databaseId}`

/** Rejected and invalid records of the last run, as a share of all its records; null: not reported. */
export function rejected(row: SyncRow): number | null {
  const run = row.latestRun
  if (!run || (run.recordsFailed == null && run.sourceRecordInvalids == null)) return null
  const bad = (run.recordsFailed ?? 0) + (run.sourceRecordInvalids ?? 0)
  const all = (run.recordsProcessed ?? 0) + (run.sourceRecordInvalids ?? 0)
  return all > 0 ? Math.min(1, bad / all) : bad > 0 ? 1 : 0
}

const columns: Record<View['sort'], { key: (row: SyncRow, place: number) => number | string; asc: boolean }> = {
  health: { key: (_, place) => place, asc: true }, // the gateway's order, worst first
  label: { key: (row) => nameOf(row).toLowerCase(), asc: true },
  last: { key: (row) => Date.parse(row.latestRun?.createdAt ?? '') || 0, asc: false },
  p95: { key: (row) => row.typicalRun?.durationSeconds?.p95 ?? -1, asc: false },
  rejected: { key: (row) => rejected(row) ?? -1, asc: false },
}

export const ascending = (view: View) => (view.dir ? view.dir === 'asc' : columns[view.sort].asc)

/** The rows that a view shows, in its order. */
export function select(rows: SyncRow[], view: View): SyncRow[] {
  const q = view.q.trim().toLowerCase()
  const kept = rows.filter((row) =>
    (!view.state.length || (view.state as string[]).includes(row.health?.state ?? 'UNKNOWN'))
    && (!view.dest.length || view.dest.includes(String(row.destination?.connectionId)))
    && (!view.src.length || view.src.includes(String(row.source?.connectionId)))
    && (!view.paused || row.paused === (view.paused === '1'))
    && (!q || `${nameOf(row)} ${row.databaseId} ${row.destination?.connectionName} ${row.source?.connectionName}`.toLowerCase().includes(q)))
  const place = new Map(rows.map((row, i) => [row.id, i]))
  const { key } = columns[view.sort]
  const sign = ascending(view) ? 1 : -1
  return kept.map((row) => ({ row, k: key(row, place.get(row.id)!) })).sort((a, b) => (a.k < b.k ? -sign : a.k > b.k ? sign : 0)).map((x) => x.row)
}
