import { useRef, useState } from 'react'
import { SummaryDocument, type SummaryQuery } from '../gql/graphql'
import { useLive, useMoment } from '../live'
import { adjust, Link, useHere } from '../nav'
import { Bars } from '../parts/bars'
import { Bucket } from '../parts/bucket'
import { Shape, StateBadge, When } from '../parts/marks'
import { Empty, Skeleton, Trouble } from '../parts/states'
import { Table } from '../parts/table'
import { useBusy, useSteady } from '../steady'
import { nameOf, select, type SyncRow, type Syncs, useSyncs } from '../syncs'
import { duration, end, iso, windowOf, zoneOf } from '../time'
import { type HealthState, healthStates } from '../url'
import { change, count, percent, plural, short, stateMark } from '../words'

export function Overview() {
  const { view } = useHere()
  const syncs = useSyncs()
  const w = windowOf(view, useMoment())
  const first = syncs.rows.length > 0 || !syncs.loading
  // Starts after the rows, because both need the same pages of Census.
  const area = useRef<HTMLDivElement>(null)
  const busy = useBusy(area)
  const by = new Map(syncs.rows.map((row) => [row.id, row]))
  const { state, dest, src, q, paused, sort, dir, group } = view
  const worst = useSteady(syncs.rows.filter((row) => ['FAILING', 'STUCK', 'LATE', 'DEGRADED'].includes(row.health?.state ?? '')).map((row) => row.id), '', busy)
  const table = useSteady(select(syncs.rows, view).map((row) => row.id), JSON.stringify([state, dest, src, q, paused, sort, dir, group]), busy)
  const waiting = new Set([...worst.waiting, ...table.waiting].filter((id) => by.has(id))).size
  const rowsOf = (ids: string[]) => ids.flatMap((id) => by.get(id) ?? [])
  const summary = useLive(SummaryDocument, { since: iso(w.since), before: end(w), earlier: iso(w.earlier), bucket: w.bucket, timeZone: zoneOf(view.tz) }, 120_000, !first)
  return (
    <>
      <h1 className="unseen">Overview</h1>
      <Trouble error={syncs.rows.length ? undefined : syncs.error} what="The syncs" />
      {!first && <Skeleton lines={10} says="Reading the syncs from Census…" />}
      {syncs.rows.length > 0 && <Tiles syncs={syncs} chosen={view.state} />}
      <div ref={area}>
      {syncs.rows.length > 0 && <Attention rows={syncs.rows} bad={rowsOf(worst.ids)} />}
      {first && !syncs.error && syncs.rows.length === 0 && <Empty>No syncs yet. They appear here once Census has some.</Empty>}
      <Trouble error={summary.error} what="The statistics" />
      {summary.data && (
        <div className={summary.old ? 'old' : ''} aria-busy={summary.loading}>
          <Numbers data={summary.data} words={w.words} cmp={view.cmp} />
          <div className="pair">
            <Bars title={`Runs by ${w.bucket === 'HOUR' ? 'hour' : 'day'} and outcome`} buckets={summary.data.current.series} unit={w.bucket} chosen={view.bucket} choose={(bucket) => adjust({ bucket: bucket === view.bucket ? '' : bucket })} />
            <Causes errors={summary.data.current.errors} />
          </div>
          {view.bucket && <Bucket startsAt={view.bucket} unit={w.bucket} zone={zoneOf(view.tz)} close={() => adjust({ bucket: '' })} />}
        </div>
      )}
      {syncs.rows.length > 0 && <Table syncs={syncs} rows={rowsOf(table.ids)} view={view} />}
      </div>
      {waiting > 0 && <p className="waiting"><button type="button" onClick={() => [worst, table].forEach((list) => list.apply())}>{plural(waiting, 'change')} – apply</button></p>}
    </>
  )
}

function Tiles({ syncs, chosen }: { syncs: Syncs; chosen: HealthState[] }) {
  const of = (state: string) => syncs.counts.find((c) => c.state === state)?.count ?? 0
  const unread = syncs.rows.filter((row) => !row.health).length
  return (
    <>
      {unread > 0 && <p className="banner warn" role="status">{count(unread)} of {plural(syncs.total, 'sync')} could not be read.</p>}
      {syncs.complete && syncs.total > syncs.rows.length && <p className="banner warn" role="status">The first {count(syncs.rows.length)} of {plural(syncs.total, 'sync')} are listed.</p>}
      <div className="tiles" role="group" aria-label="Syncs by state">
        {healthStates.map((state) => (
          <button type="button" key={state} className={of(state) ? `tile ${stateMark(state).look}` : 'tile zero'} aria-pressed={chosen.includes(state)}
            onClick={() => adjust({ state: chosen.includes(state) ? chosen.filter((s) => s !== state) : healthStates.filter((s) => s === state || chosen.includes(s)) })}>
            <b>{count(of(state))}</b><span><Shape mark={stateMark(state)} />{stateMark(state).word}</span>
          </button>
        ))}
      </div>
    </>
  )
}

function Attention({ rows, bad }: { rows: SyncRow[]; bad: SyncRow[] }) {
  const [all, show] = useState(false)
  const last = rows.filter((row) => row.latestRun?.outcome === 'FAILED').sort((a, b) => b.latestRun!.createdAt.localeCompare(a.latestRun!.createdAt))[0]
  return (
    <section className="card attention">
      <h2>Needs attention</h2>
      {bad.length === 0 && <p>Nothing needs attention. {last && <>Last failure <When at={last.latestRun!.createdAt} />: <Link to={{ name: 'sync', id: String(last.databaseId) }}>{nameOf(last)}</Link>.</>}</p>}
      <ul>
        {bad.slice(0, all ? bad.length : 15).map((row) => (
          <li key={row.id}>
            <StateBadge of={row.health?.state ?? 'UNKNOWN'} />
            <div>
              <Link to={{ name: 'sync', id: String(row.databaseId) }} data-row data-census={row.url ?? undefined} className="name">{nameOf(row)}</Link>
              <p>{row.health?.reason}</p>
            </div>
            <div className="since">{row.health?.since && <span>since <When at={row.health.since} /></span>}{row.health && row.health.consecutiveFailures > 1 && <span className="quiet">{plural(row.health.consecutiveFailures, 'failure')} in a row</span>}{row.url && <a href={row.url} target="_blank" rel="noreferrer">open in Census</a>}</div>
          </li>
        ))}
      </ul>
      {bad.length > 15 && <button type="button" className="plain" onClick={() => show(!all)}>{all ? 'Show fewer' : `and ${bad.length - 15} more`}</button>}
    </section>
  )
}

const part = (stats: SummaryQuery['previous'], outcome: string) => stats.byOutcome.find((c) => c.outcome === outcome)?.count ?? 0
function rates(stats: SummaryQuery['previous']) {
  const finished = part(stats, 'SUCCEEDED') + part(stats, 'PARTIAL') + part(stats, 'FAILED')
  const offered = stats.records.processed + stats.records.invalid
  return { clean: finished ? part(stats, 'SUCCEEDED') / finished : null, bad: stats.records.failed + stats.records.invalid, offered }
}

function Numbers({ data: { current, previous }, words, cmp }: { data: SummaryQuery; words: string; cmp: boolean }) {
  const [a, b] = [rates(current), rates(previous)]
  const points = a.clean !== null && b.clean !== null ? Math.round((a.clean - b.clean) * 1000) / 10 : null
  const note = current.truncated && <p className="warn">Older runs were not counted: the read limit was met.</p>
  return (
    <section className="numbers" aria-label={`Runs of ${words}`}>
      <div className="card"><h2>Runs in {words}</h2><b>{count(current.totalRuns)}</b>{cmp && <p>{change(current.totalRuns, previous.totalRuns)}</p>}{note}</div>
      <div className="card"><h2>Clean</h2><b>{a.clean === null ? '–' : percent(a.clean)}</b><p>{current.successRate === null ? 'no run finished' : `${percent(current.successRate)} succeeded, partial ones too`}{cmp && points !== null && `; ${points === 0 ? 'as before' : `${Math.abs(points)} points ${points > 0 ? 'better' : 'worse'} than before`}`}</p>{note}</div>
      <div className="card"><h2>Records delivered</h2><b>{short(current.records.updated)}</b>{cmp && <p>{change(current.records.updated, previous.records.updated)}</p>}{note}</div>
      <div className="card"><h2>Refused or invalid</h2><b>{short(a.bad)}</b><p>{a.offered > 0 && `${percent(a.bad / a.offered)} of ${short(a.offered)}`}{cmp && `; ${change(a.bad, b.bad)}`}</p>{note}</div>
      {current.durationSeconds && <p className="unseen">Half of the runs took at most {duration(current.durationSeconds.p50)}.</p>}
    </section>
  )
}

function Causes({ errors }: { errors: SummaryQuery['current']['errors'] }) {
  return (
    <section className="card causes">
      <h2>Why runs failed or lost records</h2>
      {errors.length === 0 && <p>No run failed.</p>}
      <ul>
        {errors.map((e) => (
          <li key={e.latestRun.id}>
            <Link to={{ name: 'failures' }} with={{ code: e.code ?? '', outcome: ['FAILED', 'PARTIAL'] }} className="code">{e.code ?? 'without a code'}</Link>
            <span className="num">{plural(e.count, 'run')}</span>
            <span className="quiet">last <When at={e.lastSeenAt} />: <Link to={{ name: 'run', id: String(e.latestRun.databaseId) }}>{nameOf(e.latestRun.sync)}</Link></span>
          </li>
        ))}
      </ul>
    </section>
  )
}
