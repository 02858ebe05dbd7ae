import { type KeyboardEvent, useState } from 'react'
import { useHere } from '../nav'
import { now } from '../gateway'
import { clock, date, hourOf, zoneOf } from '../time'
import { count, outcomeMark, summary } from '../words'
import { Shape } from './marks'

export type Bucket = { startsAt: string; totalRuns: number; byOutcome: { outcome: string; count: number }[] }
const stack = ['SUCCEEDED', 'PARTIAL', 'SKIPPED', 'CANCELED', 'UNKNOWN', 'IN_PROGRESS', 'FAILED'] // from the bottom up

/** Bars of runs by bucket and outcome. It is one tab stop: arrow keys move, Enter selects. */
export function Bars({ buckets, unit, chosen, choose, title }: { buckets: Bucket[]; unit: 'HOUR' | 'DAY'; chosen: string; choose: (startsAt: string) => void; title: string }) {
  const { view } = useHere()
  const zone = zoneOf(view.tz)
  const [at, move] = useState(buckets.length - 1)
  const [table, setTable] = useState(false)
  const most = Math.max(1, ...buckets.map((b) => b.totalRuns))
  const name = (b: Bucket) => (unit === 'HOUR' ? hourOf(Date.parse(b.startsAt), zone) : date(Date.parse(b.startsAt), zone))
  const moment = (b: Bucket) => (unit === 'DAY' ? name(b) : clock(Date.parse(b.startsAt), zone, now()))
  const keys = (e: KeyboardEvent<HTMLDivElement>) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buckets.length - 1 }[e.key]
    if (to === undefined) return
    e.preventDefault()
    const next = Math.max(0, Math.min(buckets.length - 1, to))
    move(next)
    e.currentTarget.querySelectorAll<HTMLElement>('button')[next]?.focus()
  }
  const seen = stack.filter((o) => buckets.some((b) => b.byOutcome.some((c) => c.outcome === o && c.count > 0)))
  const every = Math.ceil(buckets.length / 12)
  return (
    <section className="card bars">
      <h2>{title}</h2>
      <div className="legend">{seen.toReversed().map((o) => <span key={o} className="badge"><Shape mark={outcomeMark(o)} />{outcomeMark(o).word}</span>)}
        <button type="button" className="plain" aria-expanded={table} onClick={() => setTable(!table)}>{table ? 'Show as chart' : 'Show as table'}</button></div>
      {table ? (
        <div className="scroll" tabIndex={0} role="region" aria-label={title}><table><thead><tr><th>{unit === 'HOUR' ? 'Hour' : 'Day'}</th><th className="num">Runs</th><th>Outcomes</th></tr></thead>
          <tbody>{buckets.map((b) => <tr key={b.startsAt}><td><button type="button" className="plain" onClick={() => choose(b.startsAt)}>{moment(b)}</button></td><td className="num">{count(b.totalRuns)}</td><td>{summary(b.byOutcome)}</td></tr>)}</tbody></table></div>
      ) : (
        <div className="plot">
          <span className="most" aria-hidden="true">{count(most)}</span>
          <div className="columns" role="group" aria-label={`${title}: ${buckets.length} ${unit === 'HOUR' ? 'hours' : 'days'}, at most ${count(most)} runs in one`} onKeyDown={keys}>
            {buckets.map((b, i) => (
              <button type="button" key={b.startsAt} tabIndex={i === Math.min(at, buckets.length - 1) ? 0 : -1} onFocus={() => move(i)} aria-pressed={chosen === b.startsAt}
                onClick={() => choose(b.startsAt)} aria-label={`${moment(b)}: ${summary(b.byOutcome)}`} title={`${moment(b)}\n${summary(b.byOutcome)}`}>
                <span className="pile">
                  {stack.map((o) => ({ o, n: b.byOutcome.find((c) => c.outcome === o)?.count ?? 0 })).filter(({ n }) => n > 0).reverse().map(({ o, n }) => (
                    <i key={o} className={outcomeMark(o).look} style={{ height: `max(${(n / most) * 100}%, 3px)` }} />
                  ))}
                </span>
                <span className="tick" aria-hidden="true">{(buckets.length - 1 - i) % every === 0 ? name(b) : ''}</span>
              </button>
            ))}
          </div>
        </div>
      )}
    </section>
  )
}
