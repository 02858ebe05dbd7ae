import type { ReactNode } from 'react'
import { type Mark, outcomeMark, type Shape as Form, stateMark, summary } from '../words'
import { useHere } from '../nav'
import { now } from '../gateway'
import { clock, offsetName, relative, zoneOf } from '../time'

const ring = <circle cx="6" cy="6" r="4.75" className="line" />
const shapes: Record<Form, ReactNode> = {
  check: <><circle cx="6" cy="6" r="5.5" className="fill" /><path d="M3.4 6.2 5.3 8l3.4-4" className="cut" /></>,
  half: <>{ring}<path d="M6 1.2a4.8 4.8 0 0 0 0 9.6z" className="fill" /></>,
  cross: <><path d="M3.7.5h4.6l3.2 3.2v4.6l-3.2 3.2H3.7L.5 8.3V3.7z" className="fill" /><path d="m4 4 4 4m0-4L4 8" className="cut" /></>,
  play: <path d="M2.5 1.2 10.8 6l-8.3 4.8z" className="fill" />,
  dash: <path d="M1.5 6h9" className="line thick" />,
  stop: <><rect x="1.2" y="1.2" width="9.6" height="9.6" rx="1" className="line" /><path d="M3.5 6h5" className="line" /></>,
  query: <><path d="M3.6 4.2c0-3 4.8-3 4.8 0C8.4 6 6 5.9 6 7.6" className="line" /><circle cx="6" cy="10.3" r="1" className="fill" /></>,
  pause: <path d="M3.2 1.5v9M8.8 1.5v9" className="line thick" />,
  ring,
  clock: <>{ring}<path d="M6 3v3.2l2 1.3" className="line" /></>,
  glass: <path d="M2.5.8h7v1.4L6.9 6l2.6 3.8v1.4h-7V9.8L5.1 6 2.5 2.2z" className="fill" />,
}

export const Shape = ({ mark }: { mark: Mark }) => <svg className={`mark ${mark.look} ${mark.shape}`} viewBox="0 0 12 12" aria-hidden="true">{shapes[mark.shape]}</svg>

export const OutcomeBadge = ({ of, bare }: { of: string; bare?: boolean }) => <Badge mark={outcomeMark(of)} bare={bare} />
export const StateBadge = ({ of, bare }: { of: string; bare?: boolean }) => <Badge mark={stateMark(of)} bare={bare} />
const Badge = ({ mark, bare }: { mark: Mark; bare?: boolean }) => (
  <span className="badge"><Shape mark={mark} /><span className={bare ? 'unseen' : ''}>{mark.word}</span></span>
)

/** A time: how long ago, with the full time as a tooltip. null: shows `none`. */
export function When({ at, none = '–', full }: { at: string | null | undefined; none?: string; full?: boolean }) {
  const { view } = useHere()
  if (!at) return <span className="quiet">{none}</span>
  const [t, zone] = [Date.parse(at), zoneOf(view.tz)]
  const whole = `${clock(t, zone, now(), true)} ${offsetName(t, zone)}`
  return <time dateTime={at} title={`${whole} · ${at}`}>{full ? <>{clock(t, zone, now())} <span className="quiet">({relative(t, now())})</span></> : relative(t, now())}</time>
}

// A cell is 6 × 16, every 8 pixels. Outcomes differ in outline, not only in color.
const cells: Record<Mark['look'], (x: number) => string> = {
  good: (x) => `M${x} 4h6v12h-6z`,
  part: (x) => `M${x} 16V2l6 6v8z`,
  bad: (x) => `M${x} 0l3 4 3-4v16h-6z`,
  busy: (x) => `M${x} 4l6 6-6 6z`,
  mute: (x) => `M${x} 8h6v8h-6zM${x + 1.5} 9.5v5h3v-5z`,
}
const looks = Object.keys(cells) as Mark['look'][]

/** The last runs, oldest first, as five SVG paths, because a page has hundreds of these strips. */
export function Strip({ runs, size = 25 }: { runs: { outcome: string; dryRun: boolean }[]; size?: number }) {
  const shown = runs.filter((run) => !run.dryRun).slice(0, size).reverse()
  const counts = new Map<string, number>()
  const path: Record<string, string> = {}
  shown.forEach((run, i) => {
    const { look } = outcomeMark(run.outcome)
    counts.set(run.outcome, (counts.get(run.outcome) ?? 0) + 1)
    path[look] = (path[look] ?? '') + cells[look]((size - shown.length + i) * 8)
  })
  const said = `last ${shown.length} runs: ${summary([...counts].map(([outcome, count]) => ({ outcome, count })))}`
  return (
    <svg className="strip" viewBox={`0 0 ${size * 8} 16`} width={size * 8} height="16" role="img" aria-label={said}>
      <title>{said}</title>
      {looks.map((look) => path[look] && <path key={look} className={look} d={path[look]} fillRule="evenodd" />)}
    </svg>
  )
}
