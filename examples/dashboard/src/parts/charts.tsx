import { useState } from 'react'
import { now as gatewayNow } from '../gateway'
import { useHere } from '../nav'
import type { PageSync } from '../screens/sync'
import { clock, duration, relative, zoneOf } from '../time'
import { count, type Mark, outcomeMark, plural, short } from '../words'
import Chart, { type Line } from './chart'

const looks: [Mark['look'], string][] = [['good', 'succeeded'], ['part', 'partial'], ['bad', 'failed'], ['busy', 'in progress'], ['mute', 'other']]

/** Charts of the last runs: durations, records, and freshness. */
export default function Charts({ sync, now }: { sync: PageSync; now: number }) {
  const { view } = useHere()
  const [log, setLog] = useState(false)
  const zone = zoneOf(view.tz)
  const runs = sync.recent!.nodes.toReversed()
  const xs = runs.map((run) => Date.parse(run.createdAt) / 1000)
  const spread = (f: (run: (typeof runs)[number]) => number | null) => runs.map(f)
  const marks = sync.updatedAt ? [Date.parse(sync.updatedAt) / 1000] : []
  const usual = sync.typicalRun?.durationSeconds
  const flat = (value: number) => runs.map(() => value)
  const took: Line[] = looks.filter(([look]) => runs.some((run) => outcomeMark(run.outcome).look === look && run.durationSeconds !== null))
    .map(([look, label]) => ({ label, color: look, kind: 'points', values: spread((run) => (outcomeMark(run.outcome).look === look ? run.durationSeconds : null)), hollow: look === 'mute' }))
  if (usual) took.push({ label: 'half', color: 'quiet', kind: 'dashes', values: flat(usual.p50) }, { label: '95 %', color: 'ink', kind: 'dashes', values: flat(usual.p95) })
  if (runs.some((run) => run.fullSync)) took.push({ label: 'full sync', color: 'ink', kind: 'points', hollow: true, values: spread((run) => (run.fullSync ? run.durationSeconds : null)) })
  // Stacked: each bar is drawn from the axis to its cumulative sum, the highest first.
  const delivered = spread((run) => run.recordsUpdated)
  const refused = spread((run) => run.recordsFailed && (run.recordsUpdated ?? 0) + run.recordsFailed)
  const invalid = spread((run) => run.sourceRecordInvalids && (run.recordsUpdated ?? 0) + (run.recordsFailed ?? 0) + run.sourceRecordInvalids)
  const above = (n: (number | null)[]) => n.map((v) => v || null)
  const age = ages(runs, now)
  const row = (run: (typeof runs)[number], ...cells: string[]) => <tr key={run.id}><td>{clock(Date.parse(run.createdAt), zone, gatewayNow())}</td><td>{outcomeMark(run.outcome).word}</td>{cells.map((cell, i) => <td key={i} className="num">{cell}</td>)}</tr>
  const said = (n: number | null) => (n === null ? 'not reported' : count(n))
  const oldest = Math.max(0, ...age.values.map((v) => v ?? 0))
  return (
    <div className="charts">
      <Chart title="How long runs took" xs={xs} lines={took} unit={duration} time marks={marks}
        summary={usual ? `Half took at most ${duration(usual.p50)}, 95 of 100 at most ${duration(usual.p95)}.` : `${plural(runs.length, 'run')}.`}
        table={<table><thead><tr><th>Started</th><th>Outcome</th><th className="num">Took</th></tr></thead><tbody>{runs.toReversed().map((run) => row(run, run.durationSeconds === null ? 'not known' : duration(run.durationSeconds)))}</tbody></table>} />
      <Chart title="Records" xs={xs} log={log} unit={short} marks={marks}
        lines={[{ label: '+ invalid', color: 'mute', kind: 'bars', values: above(invalid) }, { label: '+ refused', color: 'bad', kind: 'bars', values: above(refused) }, { label: 'delivered', color: 'good', kind: 'bars', values: above(delivered) }]}
        extra={<label><input type="checkbox" checked={log} onChange={(e) => setLog(e.target.checked)} /> logarithmic</label>}
        summary={`${short(runs.reduce((n, run) => n + (run.recordsUpdated ?? 0), 0))} delivered by ${plural(runs.length, 'run')}, ${short(runs.reduce((n, run) => n + (run.recordsFailed ?? 0), 0))} refused, ${short(runs.reduce((n, run) => n + (run.sourceRecordInvalids ?? 0), 0))} invalid.`}
        table={<table><thead><tr><th>Started</th><th>Outcome</th><th className="num">Delivered</th><th className="num">Refused</th><th className="num">Invalid</th></tr></thead><tbody>{runs.toReversed().map((run) => row(run, said(run.recordsUpdated), said(run.recordsFailed), said(run.sourceRecordInvalids)))}</tbody></table>} />
      {age.xs.length > 1 && <Chart title="Age of the data" xs={age.xs} lines={[{ label: 'since the last success', color: 'busy', kind: 'line', values: age.values }]} unit={duration} time marks={marks}
        summary={`At most ${duration(oldest)}; the last success was ${relative(now - age.values.at(-1)! * 1000, now)}.`}
        table={<table><thead><tr><th>At</th><th className="num">Age</th></tr></thead><tbody>{age.xs.map((x, i) => <tr key={i}><td>{clock(x * 1000, zone, gatewayNow())}</td><td className="num">{duration(age.values[i]!)}</td></tr>).reverse()}</tbody></table>} />}
    </div>
  )
}

/** Time since the last success. It rises until a run succeeds, and then falls to 0. */
function ages(runs: { outcome: string; completedAt: string | null }[], now: number) {
  const xs: number[] = []
  const values: number[] = []
  let last = 0
  for (const run of runs) {
    if (!run.completedAt || (run.outcome !== 'SUCCEEDED' && run.outcome !== 'PARTIAL')) continue
    const at = Date.parse(run.completedAt) / 1000
    if (last && at > last) {
      xs.push(at - 0.001, at)
      values.push(at - last, 0)
    }
    last = Math.max(last, at)
  }
  if (last) {
    xs.push(now / 1000)
    values.push(now / 1000 - last)
  }
  return { xs, values }
}
