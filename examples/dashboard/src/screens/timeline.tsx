import { TimelineDaysDocument, TimelineDocument } from '../gql/graphql'
import { useState } from 'react'
import { useLive, useMoment, useNow } from '../live'
import { adjust, useHere } from '../nav'
import { Gantt, type Lane } from '../parts/gantt'
import { Empty, Skeleton, Trouble } from '../parts/states'
import { missed } from '../missed'
import { nameOf } from '../syncs'
import { clock, day, end, floor, hour, iso, minute, type Window, windowOf, zoneOf } from '../time'
import { groups, ranges, type View } from '../url'
import { count } from '../words'

export function Timeline() {
  const { view } = useHere()
  const now = useNow(10_000)
  const moment = useMoment()
  const w = windowOf(view, moment)
  const shift = (way: -1 | 1) => {
    const to = w.before ?? now
    const move = ((to - w.since) * way) / 2
    adjust({ from: iso(w.since + move), to: iso(Math.min(to + move, now)) })
  }
  const zoom = (way: -1 | 1) => {
    const i = ranges.indexOf(view.range) + way
    if (ranges[i]) adjust({ range: ranges[i], from: '', to: '' })
  }
  const days = (w.before ?? now) - w.since > day + hour
  return (
    <>
      <div className="filters">
        <h1>Timeline</h1>
        <div className="choices">
          <button type="button" onClick={() => shift(-1)} aria-label="Earlier">◀</button>
          <button type="button" onClick={() => shift(1)} disabled={w.before === null} aria-label="Later">▶</button>
          <button type="button" onClick={() => adjust({ from: '', to: '' })} disabled={w.before === null}>Now</button>
          <button type="button" onClick={() => zoom(-1)} disabled={view.range === ranges[0]} aria-label="Zoom in">+</button>
          <button type="button" onClick={() => zoom(1)} disabled={view.range === ranges.at(-1)} aria-label="Zoom out">−</button>
          <label><span className="unseen">Group by</span><select value={view.group} onChange={(e) => adjust({ group: e.target.value as View['group'] })}>{groups.map((g) => <option key={g} value={g}>{g === 'none' ? 'Worst first' : `By ${g}`}</option>)}</select></label>
        </div>
      </div>
      <p className="quiet">{clock(w.since, zoneOf(view.tz), now)} to {w.before === null ? (days ? 'now, each day by its worst run' : 'now, and what is due next') : clock(w.before, zoneOf(view.tz), now)}</p>
      {days ? <Days w={w} now={moment} /> : <Hours w={w} now={now} moment={moment} />}
    </>
  )
}

// The variables change every five minutes, so that refreshes in between send the same query.
const rounded = (at: number) => Math.ceil(at / (5 * minute)) * 5 * minute

function Hours({ w, now, moment }: { w: Window; now: number; moment: number }) {
  const { view } = useHere()
  const [before, setBefore] = useState<string[]>([])
  const until = w.before ?? rounded(moment)
  const ahead = w.before ?? w.since + (until - w.since) / 0.875
  const { data, error, loading, old } = useLive(TimelineDocument, { since: iso(w.since), before: iso(until), now: iso(until - 5 * minute), ahead: iso(ahead), after: before.at(-1) ?? null }, 60_000)
  if (!data) return error ? <Trouble error={error} what="The timeline" /> : <Skeleton lines={14} says="Reading the runs of 50 syncs from Census…" />
  const { nodes, pageInfo, totalCount } = data.syncs
  const lanes: Lane[] = nodes.map((sync) => {
    const state = sync.health?.state ?? 'UNKNOWN'
    const bars = (sync.runs?.nodes ?? []).map((run) => ({ id: String(run.databaseId), outcome: run.outcome, dry: run.dryRun, from: Date.parse(run.createdAt), to: run.completedAt ? Date.parse(run.completedAt) : run.outcome === 'IN_PROGRESS' ? now : null, code: run.errorCode }))
    const due = sync.paused ? [] : [...(sync.schedule?.past ?? []), ...(sync.schedule?.executions ?? [])].map((t) => Date.parse(t))
    const changed = Date.parse(sync.updatedAt ?? '') || 0 // the schedule may have changed at this time
    const known = sync.runs && (bars.length > 0 || state === 'LATE') // without a known run, an earlier one may be in progress
    return {
      id: String(sync.databaseId), label: nameOf(sync), state, group: group(sync, view), cut: sync.runs?.pageInfo.hasNextPage ?? false, bars,
      due: w.before === null ? due.filter((t) => t > now) : [], missed: known ? missed(due.filter((t) => t > changed && t <= Math.min(now, until)), bars.filter((bar) => !bar.dry), now) : [],
    }
  })
  return <Paged {...{ lanes, w, ahead, now, loading, old, before, setBefore, pageInfo }} total={totalCount ?? 0} />
}

function Days({ w, now }: { w: Window; now: number }) {
  const { view } = useHere()
  const zone = zoneOf(view.tz)
  const [before, setBefore] = useState<string[]>([])
  const until = w.before ?? rounded(now)
  const { data, error, loading, old } = useLive(TimelineDaysDocument, { since: iso(w.since), before: iso(until), timeZone: zone, after: before.at(-1) ?? null }, 120_000)
  if (!data) return error ? <Trouble error={error} what="The timeline" /> : <Skeleton lines={14} says="Reading the days of 50 syncs from Census…" />
  const { nodes, pageInfo, totalCount } = data.syncs
  const lanes: Lane[] = nodes.map((sync) => ({
    id: String(sync.databaseId), label: nameOf(sync), state: sync.health?.state ?? 'UNKNOWN', group: group(sync, view), cut: sync.runStats?.truncated ?? false, due: [], missed: [],
    bars: (sync.runStats?.series ?? []).filter((b) => b.totalRuns > 0).map((b) => {
      const from = Math.max(Date.parse(b.startsAt), w.since)
      const worst = ['FAILED', 'PARTIAL', 'IN_PROGRESS', 'SUCCEEDED', 'CANCELED', 'SKIPPED', 'UNKNOWN'].find((o) => b.byOutcome.some((c) => c.outcome === o && c.count > 0)) ?? 'UNKNOWN'
      return { id: '', outcome: worst, from, to: Math.min(floor(from + 26 * hour, 'DAY', zone), until), code: null, counts: b.byOutcome, total: b.totalRuns }
    }),
  }))
  return <Paged {...{ lanes, w, now, loading, old, before, setBefore, pageInfo }} ahead={until} total={totalCount ?? 0} />
}

type Named = { source: { connectionName: string | null } | null; destination: { connectionName: string | null } | null }
const group = (sync: Named, view: View) => (view.group === 'none' ? '' : (sync[view.group]?.connectionName ?? 'unknown'))

type Props = { lanes: Lane[]; w: Window; ahead: number; now: number; loading: boolean; old: boolean; before: string[]; setBefore: (b: string[]) => void; pageInfo: { hasNextPage: boolean; endCursor: string | null }; total: number }

function Paged({ lanes, w, ahead, now, loading, old, before, setBefore, pageInfo, total }: Props) {
  const sorted = lanes.toSorted((a, b) => a.group.localeCompare(b.group))
  if (lanes.length === 0) return <Empty>No syncs yet.</Empty>
  return (
    <div className={old ? 'old' : ''} aria-busy={loading}>
      <Gantt lanes={sorted} from={w.since} to={ahead} now={end(w) ? null : now} />
      <p className="pages">
        {before.length > 0 && <button type="button" onClick={() => setBefore(before.slice(0, -1))}>◀ 50 before</button>}
        <span className="quiet">{count(before.length * 50 + 1)} to {count(before.length * 50 + lanes.length)} of {count(total)}</span>
        {pageInfo.hasNextPage && <button type="button" onClick={() => setBefore([...before, pageInfo.endCursor!])}>50 more ▶</button>}
      </p>
    </div>
  )
}
