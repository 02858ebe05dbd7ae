import { lazy, Suspense } from 'react'
import { SyncPageDocument, type SyncPageQuery } from '../gql/graphql'
import { useLive, useMoment, useNow } from '../live'
import { adjust, Link, useHere } from '../nav'
import { History } from '../parts/history'
import { StateBadge, When } from '../parts/marks'
import { Empty, Skeleton, Trouble } from '../parts/states'
import { nameOf } from '../syncs'
import { clock, day, duration, floor, iso, zoneOf } from '../time'
import { count, percent, plural, short } from '../words'

const Charts = lazy(() => import('../parts/charts'))
export type PageSync = NonNullable<SyncPageQuery['sync']>

export function Sync({ id }: { id: string }) {
  const { view } = useHere()
  const now = useNow(10_000)
  const { data, error } = useLive(SyncPageDocument, { id, since: iso(floor(useMoment() - 30 * day, 'DAY', zoneOf(view.tz))) }, 30_000)
  const sync = data?.sync?.databaseId === Number(id) ? data.sync : undefined
  if (!sync) return error ? <Trouble error={error} what={`Sync ${id}`} /> : data?.sync === null ? <Empty>There is no sync {id}.</Empty> : <Skeleton lines={12} says="Reading the sync's runs from Census…" />
  const tab = (name: 'history' | 'causes', words: string) => <button type="button" aria-pressed={view.tab === name} onClick={() => adjust({ tab: name })}>{words}</button>
  return (
    <>
      <Trouble error={error} what="Part of the sync" />
      <Head sync={sync} now={now} />
      <Suspense fallback={<Skeleton lines={4} says="Loading the charts…" />}>{sync.recent && sync.recent.nodes.length > 1 && <Charts sync={sync} now={now} />}</Suspense>
      <div className="segments tabs" role="group" aria-label="Below">{tab('history', 'History')}{tab('causes', 'Causes of 30 days')}</div>
      {view.tab === 'history' ? <History id={id} /> : <Causes sync={sync} />}
    </>
  )
}

function Head({ sync, now }: { sync: PageSync; now: number }) {
  const { view } = useHere()
  const health = sync.health
  const failed = sync.recent?.nodes.find((run) => run.outcome === 'FAILED')
  const facts: [string, React.ReactNode][] = [
    ['Last success', <When at={health?.lastSuccessAt} none={'none among the runs read'} full />],
    ['Next run', sync.paused ? 'paused' : <Next at={sync.nextRunAt} now={now} />],
    ['Schedule', schedule(sync)],
    ['From', [sync.source?.connectionName, sync.source?.objectName].filter(Boolean).join(' · ') || '–'],
    ['To', [sync.destination?.connectionName, sync.destination?.object].filter(Boolean).join(' · ') || '–'],
    ['Operation', sync.operation ?? '–'],
    ['Usually takes', sync.typicalRun?.durationSeconds ? `${duration(sync.typicalRun.durationSeconds.p50)}, ${duration(sync.typicalRun.durationSeconds.p95)} at most in 95 of 100` : 'not known yet'],
    ['Settings changed', <When at={sync.updatedAt} full />],
  ]
  return (
    <section className="headline">
      <p className="quiet"><Link to={{ name: 'overview' }}>All syncs</Link> / {sync.databaseId}</p>
      <h1>{nameOf(sync)}</h1>
      {health && (
        <p className="verdict"><StateBadge of={health.state} /> {health.reason} {health.since && <span className="quiet">Since <When at={health.since} full />.</span>}</p>
      )}
      <p className="actions">
        {failed && <Link to={{ name: 'run', id: String(failed.databaseId) }} data-row className="button"><span>Last failure: {failed.errorCode ?? 'without a code'}, <When at={failed.createdAt} /></span></Link>}
        {sync.url && <a href={sync.url} target="_blank" rel="noreferrer" className="button" id="census">Open in Census</a>}
      </p>
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      {view.at && <p className="banner">The history begins at {clock(Date.parse(view.at), zoneOf(view.tz), now)}. <button type="button" onClick={() => adjust({ at: '' })}>Show the newest</button></p>}
    </section>
  )
}

function Next({ at, now }: { at: string | null; now: number }) {
  const { view } = useHere()
  const zone = zoneOf(view.tz)
  if (!at) return <>not known</>
  return <><When at={at} full />{zone !== 'UTC' && <span className="quiet"> · {clock(Date.parse(at), 'UTC', now)} UTC</span>}</>
}

function schedule({ schedule: s, triggers }: PageSync) {
  if (!s) return 'could not be read'
  const minute = s.minute === null ? '' : String(s.minute).padStart(2, '0')
  const at = s.hour === null ? (minute && `at minute ${minute}`) : `at ${String(s.hour).padStart(2, '0')}:${minute || '00'} UTC`
  const words = s.cronExpression ? `cron ${s.cronExpression}` : [s.frequency?.replace('_', ' '), s.day && `on ${s.day}`, at].filter(Boolean).join(' ')
  const others = (triggers ?? []).filter((t) => t !== 'schedule')
  return [words || 'none', others.length > 0 && `also by ${others.join(', ')}`].filter(Boolean).join('; ')
}

function Causes({ sync: { month } }: { sync: PageSync }) {
  if (!month) return <Empty>Could not be read.</Empty>
  return (
    <section className="card causes">
      <h2>Causes of 30 days</h2>
      <p>{plural(month.totalRuns, 'run')}{month.successRate !== null && `, ${percent(month.successRate)} succeeded`}; {short(month.records.updated)} records delivered, {count(month.records.failed)} refused, {count(month.records.invalid)} invalid.{month.truncated && ' Older runs were not counted: the read limit was met.'}</p>
      <ul>{month.errors.map((e) => <li key={e.latestRun.id}><span className="code">{e.code ?? 'without a code'}</span><span className="num">{plural(e.count, 'run')}</span><span className="quiet">last <Link to={{ name: 'run', id: String(e.latestRun.databaseId) }}><When at={e.lastSeenAt} full /></Link></span></li>)}</ul>
      {month.errors.length === 0 && <p>No run failed.</p>}
    </section>
  )
}
