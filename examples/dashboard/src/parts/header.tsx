import { useEffect, useState } from 'react'
import { simulated, useLink } from '../gateway'
import { refresh, useNow } from '../live'
import { adjust, Link, useHere } from '../nav'
import { clock, offsetName, relative, zoneOf } from '../time'
import { ranges, type View } from '../url'

const zones = ['local', 'UTC', 'America/Los_Angeles', 'America/New_York', 'America/St_Johns', 'Europe/London', 'Europe/Berlin', 'Asia/Kathmandu', 'Asia/Kolkata', 'Asia/Tokyo', 'Australia/Sydney']

export function Header({ help }: { help: () => void }) {
  const { screen, view } = useHere()
  const tab = (name: 'overview' | 'timeline' | 'failures', words: string) => (
    <Link to={{ name }} aria-current={screen.name === name ? 'page' : undefined}>{words}</Link>
  )
  return (
    <header>
      <a className="skip" href="#main">To the content</a>
      <div className="bar">
        <Link to={{ name: 'overview' }} className="brand">Census syncs{simulated && <span className="tag" title="Made-up syncs and runs">simulated</span>}</Link>
        <nav aria-label="Screens">{tab('overview', 'Overview')}{tab('timeline', 'Timeline')}{tab('failures', 'Failures')}</nav>
        <AsOf />
        <div className="tools">
          <button type="button" onClick={() => adjust({ live: !view.live })} aria-pressed={view.live} title="Refresh by itself (l)">
            <span aria-hidden="true" className={view.live ? 'dot on' : 'dot'} />{view.live ? 'Live' : 'Paused'}
          </button>
          <button type="button" onClick={refresh} title="Refresh (r)" aria-label="Refresh"><Icon d="M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3" /></button>
          <button type="button" onClick={() => navigator.clipboard?.writeText(location.href)} title="Copy link (c)" aria-label="Copy link"><Icon d="M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.3 4.3l-1 1M9 11.5l-1 1a3 3 0 0 1-4.3-4.3l1-1" /></button>
          <Theme />
          <button type="button" onClick={help} title="Help (?)" aria-label="Help">?</button>
        </div>
      </div>
      <div className="bar second">
        <div className="segments" role="group" aria-label="Time range">
          {ranges.map((range) => (
            <button type="button" key={range} aria-pressed={!view.from && view.range === range} onClick={() => adjust({ range, from: '', to: '', bucket: '' })}>{range}</button>
          ))}
          {view.from && <button type="button" aria-pressed="true" onClick={() => adjust({ from: '', to: '' })}>custom ✕</button>}
        </div>
        <Zone view={view} />
      </div>
    </header>
  )
}

const Icon = ({ d }: { d: string }) => <svg className="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={d} /></svg>

function AsOf() {
  const { view } = useHere()
  const { readAt, failures } = useLink()
  const now = useNow(5000)
  if (!readAt) return <span className="asof" />
  return <span className={failures ? 'asof off' : 'asof'}>as of {clock(readAt, zoneOf(view.tz), now, true)} <span className="quiet">({relative(readAt, now)})</span></span>
}

function Zone({ view }: { view: View }) {
  const now = useNow(60_000)
  const local = zoneOf('local')
  const all = zones.includes(view.tz) ? zones : [...zones, view.tz]
  return (
    <label className="zone"><span className="unseen">Time zone</span>
      <select value={view.tz} onChange={(e) => adjust({ tz: e.target.value })}>
        {all.map((tz) => <option key={tz} value={tz}>{tz === 'local' ? `${local} (here)` : tz} · {offsetName(now, zoneOf(tz))}</option>)}
      </select>
    </label>
  )
}

const themes = ['light dark', 'light', 'dark'] as const
const names = { 'light dark': 'as the system', light: 'light', dark: 'dark' }

export const theme = () => themes.find((t) => t === localStorage.getItem('theme')) ?? 'light dark'

function Theme() {
  const [value, set] = useState(theme)
  useEffect(() => {
    document.documentElement.style.colorScheme = value
    localStorage.setItem('theme', value)
    window.dispatchEvent(new Event('theme'))
  }, [value])
  const next = themes[(themes.indexOf(value) + 1) % themes.length]!
  return <button type="button" onClick={() => set(next)} title={`Colors: ${names[value]}`} aria-label={`Colors: ${names[value]}`}><Icon d="M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11M8 2.5v11" /></button>
}
