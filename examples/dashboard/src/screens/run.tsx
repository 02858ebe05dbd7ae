import { useEffect } from 'react'
import { NeighboursDocument, RunPageDocument, type RunPageQuery } from '../gql/graphql'
import { useLive, useNow } from '../live'
import { go, Link, useHere } from '../nav'
import { OutcomeBadge, StateBadge, When } from '../parts/marks'
import { Empty, Skeleton, Trouble } from '../parts/states'
import { nameOf } from '../syncs'
import { duration } from '../time'
import { count } from '../words'

type PageRun = NonNullable<RunPageQuery['syncRun']>
// The steps that Census documents, in its order. Unknown steps are shown as text.
const steps = ['Checking for columns to remove from the sync', 'Checking for fields to create in destination', 'Checking source and destination configuration', 'Unloading data from warehouse',
  'Loading data into destination service', 'Committing data to destination service', 'Committing sync to warehouse', 'Running sync'].map((step) => step.toLowerCase())

export function Run({ id }: { id: string }) {
  const first = useLive(RunPageDocument, { id }, 60_000)
  const run = first.data?.syncRun?.databaseId === Number(id) ? first.data.syncRun : undefined
  if (!run) return first.error ? <Trouble error={first.error} what={`Run ${id}`} /> : first.data?.syncRun === null ? <Empty>There is no run {id}.</Empty> : <Skeleton lines={10} says="Reading the run from Census…" />
  return <Page run={run} error={first.error} />
}

function Page({ run, error }: { run: PageRun; error: ReturnType<typeof useLive>['error'] }) {
  const working = run.outcome === 'IN_PROGRESS'
  useLive(RunPageDocument, { id: String(run.databaseId) }, 5_000, !working)
  const usual = run.fullSync ? run.sync.usualFull : run.sync.usual
  const facts: [string, React.ReactNode][] = [
    ['Queued', <When at={run.createdAt} full />],
    ['Due', run.scheduledExecutionTime ? <><When at={run.scheduledExecutionTime} full />{run.scheduleDelaySeconds !== null && `, began ${duration(run.scheduleDelaySeconds)} later`}</> : 'not by schedule'],
    ['Ended', <When at={run.completedAt} none={working ? 'not yet' : 'not reported'} full />],
    ['Why it ran', run.syncTriggerReason?.uiTag ?? 'not reported'],
    ['Kind', [run.fullSync ? 'full sync' : 'changes only', run.dryRun && 'dry run: nothing was written'].filter(Boolean).join(', ')],
    ['Census calls it', run.rawStatus],
  ]
  return (
    <section className="headline">
      <p className="quiet"><Link to={{ name: 'overview' }}>All syncs</Link> / <Link to={{ name: 'sync', id: String(run.sync.databaseId) }}>{nameOf(run.sync)}</Link> / run {run.databaseId}</p>
      <h1><OutcomeBadge of={run.outcome} /> <span>{nameOf(run.sync)}</span></h1>
      <Trouble error={error} what="Part of the run" />
      {(run.errorCode || run.errorMessage) && (
        <div className="card error" tabIndex={-1}>
          <h2 className="code">{run.errorCode ?? 'Error'}</h2>
          {(run.errorMessage || run.errorDetail) && <details open={run.outcome === 'FAILED'}><summary>Message (may hold values of records)</summary><p>{run.errorMessage}</p>{run.errorDetail && <pre>{run.errorDetail}</pre>}</details>}
        </div>
      )}
      {working ? <Progress run={run} /> : (
        <p className="took">{run.durationSeconds === null ? 'How long it took is not reported' : <>Took <b>{duration(run.durationSeconds)}</b></>}{usual?.durationSeconds && <span className="quiet">; usually {duration(usual.durationSeconds.p50)}, and {duration(usual.durationSeconds.p95)} at most in 95 of 100 (last {usual.runs} {run.fullSync ? 'full ' : ''}runs)</span>}.</p>
      )}
      <Counts run={run} />
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      {run.sync.health && <p className="verdict"><StateBadge of={run.sync.health.state} /> {run.sync.health.reason}</p>}
      <p className="actions">{run.url && <a className="button" id="census" href={run.url} target="_blank" rel="noreferrer">Open in Census</a>}</p>
      <Neighbours run={run} />
    </section>
  )
}

function Progress({ run }: { run: PageRun }) {
  const now = useNow(1000)
  const spent = Math.max(0, (now - Date.parse(run.createdAt)) / 1000)
  const usual = run.expectedDurationSeconds
  const p95 = (run.fullSync ? run.sync.usualFull : run.sync.usual)?.durationSeconds?.p95
  const step = steps.indexOf(run.currentStep?.toLowerCase() ?? '')
  const late = p95 && spent > p95 ? spent - p95 : 0
  return (
    <div className="card progress">
      <p>Runs for <b>{duration(spent)}</b>{usual && `, usually ${duration(usual)}`}. {run.currentStep && <>Step: {run.currentStep}{step >= 0 && ` (${step + 1} of ${steps.length})`}.</>}{late > 0 && <strong> Longer than usual by {duration(late)}.</strong>}</p>
      {usual && <div role="progressbar" aria-label="Progress, by the usual time" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.min(95, Math.round((spent / usual) * 100))} aria-valuetext={`${duration(spent)} of about ${duration(usual)}`}><i className={late ? 'late' : ''} style={{ width: `${Math.min(95, (spent / usual) * 100)}%` }} /></div>}
    </div>
  )
}

function Counts({ run }: { run: PageRun }) {
  const working = run.outcome === 'IN_PROGRESS'
  const cell = (words: string, n: number | null, bad = false) => (
    <div className={bad && n ? 'bad' : ''}><dt>{words}</dt><dd>{n === null ? <span className="quiet">{working ? 'known when it ends' : 'not reported'}</span> : count(n)}</dd></div>
  )
  return (
    <dl className="flow" aria-label="Records">
      {cell('in the source', run.sourceRecordCount)}{cell('changed', run.sourceRecordUpdates)}{cell('deleted', run.sourceRecordDeletes)}{cell('invalid, not sent', run.sourceRecordInvalids, true)}
      <span aria-hidden="true">→</span>{cell('sent', run.recordsProcessed)}<span aria-hidden="true">=</span>{cell('delivered', run.recordsUpdated)}<span aria-hidden="true">+</span>{cell('refused', run.recordsFailed, true)}
    </dl>
  )
}

function Neighbours({ run }: { run: PageRun }) {
  const { view } = useHere()
  const { data } = useLive(NeighboursDocument, { id: String(run.sync.databaseId), at: run.createdAt }, 600_000)
  const newer = (data?.sync?.newer?.nodes ?? []).filter((other) => other.id !== run.id)
  const older = data?.sync?.older?.nodes ?? []
  const [next, previous] = [newer[0], older[0]]
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const to = e.key === '[' ? previous : e.key === ']' ? next : undefined
      if (to && !(e.target as HTMLElement).matches('input, select, textarea') && localStorage.getItem('keys') !== 'off') go({ name: 'run', id: String(to.databaseId) }, view)
    }
    window.addEventListener('keydown', key)
    return () => window.removeEventListener('keydown', key)
  }, [next, previous, view])
  const link = (other: (typeof older)[number], words: string) => <Link className="button" to={{ name: 'run', id: String(other.databaseId) }}>{words} <OutcomeBadge of={other.outcome} /></Link>
  return <nav className="actions" aria-label="Runs beside this one">{previous && link(previous, '◀ Run before')}{next && link(next, 'Run after ▶')}</nav>
}
