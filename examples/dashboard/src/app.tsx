import { useEffect, useRef, useState } from 'react'
import { refresh } from './live'
import { adjust, go, Link, useHere } from './nav'
import { Header } from './parts/header'
import { Help, keysOn } from './parts/help'
import { Banners } from './parts/states'
import { Failures } from './screens/failures'
import { Overview } from './screens/overview'
import { Run } from './screens/run'
import { Sync } from './screens/sync'
import { Timeline } from './screens/timeline'
import { useEvents } from './events'
import { carried, ranges, type Screen } from './url'

const titles: Record<Screen['name'], string> = { overview: 'Overview', timeline: 'Timeline', failures: 'Failures', sync: 'Sync', run: 'Run', lost: 'Not found' }

export function App() {
  const { screen } = useHere()
  const help = useRef<HTMLDialogElement>(null)
  const said = useEvents()
  useKeys(() => help.current?.showModal())
  useEffect(() => {
    document.title = `${titles[screen.name]}${'id' in screen ? ` ${screen.id}` : ''} · Census syncs`
  }, [screen])
  return (
    <>
      <Header help={() => help.current?.showModal()} />
      <main id="main" tabIndex={-1}>
        <Banners />
        {screen.name === 'overview' && <Overview />}
        {screen.name === 'timeline' && <Timeline />}
        {screen.name === 'failures' && <Failures />}
        {screen.name === 'sync' && <Sync key={screen.id} id={screen.id} />}
        {screen.name === 'run' && <Run key={screen.id} id={screen.id} />}
        {screen.name === 'lost' && <><h1>There is no such page</h1><p>{screen.path} is not an address of this page. <Link to={{ name: 'overview' }}>To the overview</Link></p></>}
      </main>
      <p className="unseen" aria-live="polite">{said}</p>
      <Help dialog={help} />
    </>
  )
}

/** Moves the focus to the next or the previous row. */
function step(by: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter((row) => row.offsetParent)
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

function useKeys(help: () => void) {
  const [leading, lead] = useState(false) // g was pressed
  const { view, screen } = useHere()
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const target = e.target as HTMLElement
      if (e.ctrlKey || e.metaKey || e.altKey || !keysOn() || document.querySelector('dialog[open]')) return
      if (target.matches('input, select, textarea')) return void (e.key === 'Escape' && target.blur())
      const to = leading && ({ o: 'overview', t: 'timeline', f: 'failures' } as const)[e.key]
      lead(e.key === 'g')
      if (to) return go({ name: to }, carried(view))
      const act: Record<string, () => void> = {
        '/': () => document.getElementById('search')?.focus(),
        j: () => step(1), k: () => step(-1), r: refresh, l: () => adjust({ live: !view.live }), '?': help,
        z: () => adjust({ tz: view.tz === 'UTC' ? 'local' : 'UTC' }), c: () => void navigator.clipboard?.writeText(location.href),
        o: () => {
          const url = (document.activeElement as HTMLElement).dataset.census ?? document.querySelector<HTMLAnchorElement>('a#census')?.href
          if (url) window.open(url, '_blank', 'noreferrer')
        },
        Escape: () => document.querySelector('.tip') ? undefined : (screen.name === 'overview' && view.bucket ? adjust({ bucket: '' }) : (document.activeElement as HTMLElement)?.blur()),
        ...Object.fromEntries(ranges.map((range, i) => [String(i + 1), () => adjust({ range, from: '', to: '' })])),
      }
      if (!act[e.key]) return
      e.preventDefault()
      act[e.key]!()
    }
    window.addEventListener('keydown', key)
    return () => window.removeEventListener('keydown', key)
  }, [view, screen, leading, help])
}
