import { type ReactNode, useEffect, useRef, useState } from 'react'
import 'uplot/dist/uPlot.min.css'
import uPlot from 'uplot'
import { useHere } from '../nav'
import { zoneOf } from '../time'

export type Line = { label: string; color: string; values: (number | null)[]; kind: 'points' | 'line' | 'dashes' | 'bars'; hollow?: boolean }
type Props = { title: string; summary: string; xs: number[]; lines: Line[]; unit: (n: number) => string; log?: boolean; time?: boolean; marks?: number[]; table: ReactNode; extra?: ReactNode }

/** A chart with a heading, a sentence, and the same data as a table. xs are seconds, ascending; marks are vertical lines. */
export default function Chart({ title, summary, table, extra, ...rest }: Props) {
  const [asTable, set] = useState(false)
  return (
    <section className="card chart">
      <h2>{title}</h2>
      <p>{summary} {extra} <button type="button" className="plain" aria-expanded={asTable} onClick={() => set(!asTable)}>{asTable ? 'Show as chart' : 'Show as table'}</button></p>
      {asTable ? <div className="scroll" tabIndex={0} role="region" aria-label={title}>{table}</div> : <Plot title={title} {...rest} />}
    </section>
  )
}

// Possible distances between the ticks of an axis in seconds.
const seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000, 864000, 2592000]

/** The value of a color of the style sheet in the current theme. */
function resolved(color: string, at: HTMLElement) {
  const probe = at.appendChild(document.createElement('i'))
  probe.style.color = `var(--${color})`
  const found = getComputedStyle(probe).color
  probe.remove()
  return found
}

function Plot({ title, xs, lines, unit, log, time, marks = [] }: Omit<Props, 'table' | 'summary' | 'extra'>) {
  const place = useRef<HTMLDivElement>(null)
  const { view } = useHere()
  const key = JSON.stringify([xs, lines, log, marks, view.tz])
  useEffect(() => {
    const at = place.current!
    let plot: uPlot | undefined
    const draw = () => {
      plot?.destroy()
      const color = (name: string) => resolved(name, at)
      const axis: uPlot.Axis = { stroke: color('quiet'), grid: { stroke: color('rule'), width: 1 }, ticks: { show: false }, font: '11px system-ui' }
      plot = new uPlot({
        width: at.clientWidth, height: 190, legend: { live: true, show: true }, tzDate: (s) => uPlot.tzDate(new Date(s * 1000), zoneOf(view.tz)),
        scales: { y: { distr: log ? 3 : 1, log: 10, range: log ? (_, min, max) => [Math.max(0.5, min / 2), max * 2] : (_, __, max) => [0, max * 1.08 || 1] } },
        axes: [{ ...axis, values: (u, s) => s.map((t) => label(t, u.scales.x!, zoneOf(view.tz))) }, { ...axis, size: 66, space: 28, incrs: time ? seconds : undefined, values: (_, s) => s.map((n) => (n === null ? '' : unit(n))) }],
        series: [{ value: (_, s) => (s == null ? '–' : label(s, null, zoneOf(view.tz))) }, ...lines.map((line): uPlot.Series => ({
          label: line.label, stroke: color(line.color), width: line.kind === 'dashes' ? 1 : 1.5, dash: line.kind === 'dashes' ? [5, 4] : undefined,
          fill: line.kind === 'bars' ? color(line.color) : undefined,
          paths: line.kind === 'points' ? () => null : line.kind === 'bars' ? uPlot.paths.bars!({ size: [0.7, 40, 2], align: 0 }) : undefined,
          points: { show: line.kind === 'points', size: 6, fill: line.hollow ? color('page') : color(line.color), stroke: color(line.color), width: line.hollow ? 1.5 : 0 },
          spanGaps: line.kind !== 'points', value: (_, n) => (n == null ? '–' : unit(n)),
        }))],
        hooks: { draw: [(u) => marks.forEach((m) => {
          const left = Math.round(u.valToPos(m, 'x', true))
          if (m < (u.scales.x!.min ?? 0) || m > (u.scales.x!.max ?? 0)) return
          u.ctx.strokeStyle = color('quiet')
          u.ctx.setLineDash([2, 3])
          u.ctx.beginPath()
          u.ctx.moveTo(left, u.bbox.top)
          u.ctx.lineTo(left, u.bbox.top + u.bbox.height)
          u.ctx.stroke()
          u.ctx.setLineDash([])
        })] },
      }, [xs, ...lines.map((l) => l.values)], at)
    }
    draw()
    let width = at.clientWidth
    const seen = new ResizeObserver(() => {
      if (at.clientWidth !== width) plot?.setSize({ width: (width = at.clientWidth), height: 190 })
    })
    seen.observe(at)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', draw)
    window.addEventListener('theme', draw)
    return () => {
      seen.disconnect()
      dark.removeEventListener('change', draw)
      window.removeEventListener('theme', draw)
      plot?.destroy()
    }
  }, [key])
  return <div ref={place} className="canvas" role="img" aria-label={title} />
}

function label(seconds: number, scale: uPlot.Scale | null, zone: string) {
  const short = scale && (scale.max! - scale.min!) < 2 * 86400
  const options: Intl.DateTimeFormatOptions = scale ? (short ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' }) : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options }).format(seconds * 1000)
}
