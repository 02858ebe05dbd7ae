import { FailuresDocument } from '../gql/graphql'
import { useLive, useMoment } from '../live'
import { adjust, Link, useHere } from '../nav'
import { Bars } from '../parts/bars'
import { Bucket, RunList } from '../parts/bucket'
import { When } from '../parts/marks'
import { Skeleton, Trouble } from '../parts/states'
import { nameOf } from '../syncs'
import { end, iso, windowOf, zoneOf } from '../time'
import type { Outcome } from '../url'
import { plural } from '../words'

export function Failures() {
  const { view } = useHere()
  const w = windowOf(view, useMoment())
  const outcomes: Outcome[] = view.outcome.length ? view.outcome : ['FAILED']
  const what = outcomes.includes('PARTIAL') ? 'failed or lost records' : 'failed'
  const [since, before] = [iso(w.since), end(w)]
  const { data, error, loading, old } = useLive(FailuresDocument, { outcomes, since, before, bucket: w.bucket, timeZone: zoneOf(view.tz) }, 120_000)
  const stats = data?.syncRunStats
  return (
    <>
      <div className="filters">
        <h1>Failures in {w.words}</h1>
        <div className="segments" role="group" aria-label="Runs that">
          <button type="button" aria-pressed={!view.outcome.length} onClick={() => adjust({ outcome: [], code: '', bucket: '' })}>failed</button>
          <button type="button" aria-pressed={view.outcome.length > 0} onClick={() => adjust({ outcome: ['FAILED', 'PARTIAL'], code: '', bucket: '' })}>or lost records</button>
        </div>
      </div>
      <Trouble error={error} what="The causes" />
      {!stats && !error && <Skeleton says="Reading the failures from Census…" />}
      {stats && (
        <div className={old ? 'old' : ''} aria-busy={loading}>
          {stats.truncated && <p className="banner warn">Older runs were not counted: the read limit was met.</p>}
          <Bars title={`Runs that ${what}`} buckets={stats.series} unit={w.bucket} chosen={view.bucket} choose={(bucket) => adjust({ bucket: bucket === view.bucket ? '' : bucket })} />
        </div>
      )}
      {view.bucket && <Bucket startsAt={view.bucket} unit={w.bucket} zone={zoneOf(view.tz)} outcomes={outcomes} close={() => adjust({ bucket: '' })} />}
      <div className="sides">
        {stats && (
          <section className="card causes">
            <h2>Causes</h2>
            <ul>
              <li><button type="button" aria-pressed={!view.code} onClick={() => adjust({ code: '' })}>All</button><span className="num">{plural(stats.totalRuns, 'run')}</span></li>
              {stats.errors.map((e) => (
                <li key={e.latestRun.id}>
                  {e.code ? <button type="button" className="code" aria-pressed={view.code === e.code} onClick={() => adjust({ code: e.code! })}>{e.code}</button> : <span>without a code</span>}
                  <span className="num">{plural(e.count, 'run')}</span>
                  <span className="quiet">last <When at={e.lastSeenAt} />: <Link to={{ name: 'run', id: String(e.latestRun.databaseId) }}>{nameOf(e.latestRun.sync)}</Link></span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <section className="card">
          <h2>{view.code ? `Runs with ${view.code}` : 'Runs'}</h2>
          <RunList key={view.code + since + what} says={`Runs that ${what}`} filter={{ createdSince: since, createdBefore: before, outcomes, errorCodes: view.code ? [view.code] : undefined }} />
        </section>
      </div>
    </>
  )
}
