import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { adjust, Link, useHere } from '../nav'
import { clock, date, day, duration, hour, hourOf, iso, offset, zoneOf } from '../time'
import { now as gatewayNow } from '../gateway'
import { type Mark, outcomeMark, plural, summary } from '../words'
import { StateBadge } from './marks'

export type Bar = { id: string; outcome: string; from: number; to: number | null; code: string | null; counts?: { outcome: string; count: number }[]; total?: number } // to: null if unknown
export type Lane = { id: string; label: string; state: string; group: string; bars: Bar[]; due: number[]; missed: number[]; cut: boolean }
type Props = { lanes: Lane[]; from: number; to: number; now: number | null }

// SVG paths of a bar from x to x + w, by look, in a row of height 28.
const forms: Record<Mark['look'], (x: number, w: number) => string> = {
  good: (x, w) => `M${x} 8h${w}v12h-${w}z`,
  part: (x, w) => `M${x} 20V5l${w} 6v9z`,
  bad: (x, w) => `M${x} 3h${w}v22h-${w}z`,
  busy: (x, w) => `M${x} 6l${w} 8-${w} 8z`,
  mute: (x, w) => `M${x} 13h${w}v3h-${w}z`,
}
const looks = Object.keys(forms) as Mark['look'][]
const least = 3 // px

/** A row of bars per sync. It is one tab stop: arrow keys select a bar, Enter opens it. */
export function Gantt({ lanes, from, to, now }: Props) {
  const { view } = useHere()
  const zone = zoneOf(view.tz)
  const list = useRef<HTMLDivElement>(null)
  const [{ top, width }, measure] = useState({ top: 0, width: 800 })
  const [[row, place], choose] = useState([0, -1])
  useLayoutEffect(() => {
    const look = () => {
      const track = list.current?.querySelector('.track')?.getBoundingClientRect()
      const next = { top: Math.round((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY), width: Math.floor(track?.width ?? 800) }
      measure((old) => (old.top === next.top && old.width === next.width ? old : next))
    }
    look()
    const seen = new ResizeObserver(look)
    if (list.current) seen.observe(list.current)
    return () => seen.disconnect()
  }, [])
  const virtual = useWindowVirtualizer({ count: lanes.length, estimateSize: () => 36, overscan: 6, scrollMargin: top, getItemKey: (i) => lanes[i]!.id })
  const x = (at: number) => Math.round(((at - from) / (to - from)) * width)
  const pick = (r: number, p: number) => {
    const next = Math.max(0, Math.min(lanes.length - 1, r))
    choose([next, Math.max(0, Math.min(lanes[next]!.bars.length - 1, p))])
    virtual.scrollToIndex(next)
  }
  const keys = (e: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = { ArrowLeft: [0, 1], ArrowRight: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0] } // bars are newest first
    const step = steps[e.key]
    if (step) {
      e.preventDefault()
      e.stopPropagation()
      pick(row + (place < 0 ? 0 : step[0]), place < 0 ? 0 : place + step[1])
    } else if (e.key === 'Enter' && place >= 0) {
      e.preventDefault()
      document.querySelector<HTMLElement>('.track .chosen')?.click()
    }
  }
  return (
    <div className="gantt">
      <Axis from={from} to={to} zone={zone} />
      <div ref={list} role="grid" aria-label="Runs by sync and time" aria-rowcount={lanes.length} tabIndex={0} onKeyDown={keys} aria-activedescendant={place >= 0 ? 'chosen' : undefined}
        style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const lane = lanes[item.index]!
          const head = lane.group && lane.group !== lanes[item.index - 1]?.group
          return (
            <div role="row" key={item.key} aria-rowindex={item.index + 1} data-index={item.index} ref={virtual.measureElement} style={{ transform: `translateY(${item.start - virtual.options.scrollMargin}px)` }} className="lane">
              <span role="rowheader">{head && <small className="group">{lane.group}</small>}<StateBadge of={lane.state} bare /><Link to={{ name: 'sync', id: lane.id }} tabIndex={-1} className="name">{lane.label}</Link></span>
              <Track lane={lane} x={x} width={width} now={now} chosen={item.index === row ? place : -1} choose={(p) => choose([item.index, p])} zone={zone} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

type TrackProps = { lane: Lane; x: (at: number) => number; width: number; now: number | null; chosen: number; choose: (place: number) => void; zone: string }

function Track({ lane, x, width, now, chosen, choose, zone }: TrackProps) {
  const path: Record<string, string> = {}
  for (const bar of lane.bars) {
    const { look } = outcomeMark(bar.outcome)
    const left = Math.max(0, x(bar.from))
    const gap = bar.counts ? 2 : 0
    path[look] = (path[look] ?? '') + forms[look](left, Math.max(least, (bar.to === null ? 0 : x(bar.to) - left) - gap))
  }
  const near = (e: PointerEvent) => {
    const at = e.clientX - e.currentTarget.getBoundingClientRect().left
    const apart = lane.bars.map((bar) => Math.max(0, x(bar.from) - at, at - Math.max(x(bar.to ?? bar.from), x(bar.from) + least)))
    const best = apart.indexOf(Math.min(...apart))
    if (best >= 0 && apart[best]! <= 12 && best !== chosen) choose(best)
  }
  const bar = lane.bars[chosen]
  return (
    <div role="gridcell" className="track" onPointerMove={near} onPointerDown={near} aria-label={`${lane.label}: ${bar ? '' : plural(lane.bars.length, lane.bars[0]?.counts ? 'day' : 'run') + (lane.bars[0]?.counts ? ' with runs' : '')}${lane.missed.length ? `, ${plural(lane.missed.length, 'execution')} missed` : ''}${lane.cut ? ', older ones not shown' : ''}`}>
      <svg width={width} height="28" aria-hidden="true">
        {looks.map((look) => path[look] && <path key={look} className={look} d={path[look]} />)}
        {lane.missed.map((t) => <rect key={t} className="missed" x={Math.min(width - 9, Math.max(1, x(t) - 4))} y="4" width="8" height="20"><title>{`Due ${clock(t, zone, gatewayNow())}, and no run began`}</title></rect>)}
        {lane.due.map((t) => <rect key={t} className="due" x={x(t) - 2} y="9" width="4" height="10" />)}
        {now !== null && <path className="now" d={`M${x(now)}.5 0v28`} />}
      </svg>
      {bar && <Chosen bar={bar} lane={lane} left={Math.max(0, x(bar.from))} right={Math.max(x(bar.to ?? bar.from), x(bar.from) + least)} width={width} zone={zone} />}
    </div>
  )
}

/** The selected bar: a link and a tooltip. Escape closes the tooltip. */
function Chosen({ bar, lane, left, right, width, zone }: { bar: Bar; lane: Lane; left: number; right: number; width: number; zone: string }) {
  const [open, set] = useState(true)
  useEffect(() => set(true), [bar])
  useEffect(() => {
    const close = (e: globalThis.KeyboardEvent) => e.key === 'Escape' && set(false)
    window.addEventListener('keydown', close)
    return () => window.removeEventListener('keydown', close)
  }, [])
  const what = bar.counts ? `${date(bar.from, zone)}: ${summary(bar.counts)}`
    : [outcomeMark(bar.outcome).word, clock(bar.from, zone, gatewayNow()), bar.to === null ? 'end not known' : duration((bar.to - bar.from) / 1000), bar.code].filter(Boolean).join(', ')
  const style = { left: Math.max(0, (left + right) / 2 - 12 > left ? left - 1 : (left + right) / 2 - 12), width: Math.max(24, right - left + 2) }
  const place = left < width / 2 ? { left } : { right: Math.max(0, width - right) }
  const name = `${lane.label}, ${what}`
  return (
    <>
      {bar.counts
        ? <a id="chosen" className="chosen" style={style} href="#" tabIndex={-1} aria-label={name} onClick={(e) => { e.preventDefault(); adjust({ from: iso(bar.from), to: iso(bar.to ?? bar.from + day) }) }} />
        : <Link id="chosen" className="chosen" style={style} to={{ name: 'run', id: bar.id }} tabIndex={-1} aria-label={name} />}
      {open && <span className="tip" style={place} role="tooltip">{what}</span>}
    </>
  )
}

function Axis({ from, to, zone }: { from: number; to: number; zone: string }) {
  const length = to - from
  const narrow = window.innerWidth < 700
  const step = [hour / 2, hour, 2 * hour, 3 * hour, 6 * hour, day, 2 * day, 5 * day].find((s) => length / s <= (narrow ? 4 : 10)) ?? 7 * day
  const ticks: number[] = []
  const shift = offset(from, zone)
  for (let t = Math.ceil((from + shift) / step) * step - shift; t < to; t += step) ticks.push(t)
  return (
    <div className="axis" aria-hidden="true"><span className="track">
      {ticks.map((t) => <span key={t} style={{ left: `${((t - from) / length) * 100}%` }}>{step >= day ? date(t, zone) : hourOf(t, zone)}</span>)}
    </span></div>
  )
}
