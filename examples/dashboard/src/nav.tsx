import { type AnchorHTMLAttributes, useMemo, useSyncExternalStore } from 'react'
import { base } from './gateway'
import { carried, format, parse, type Screen, type View } from './url'

const listeners = new Set<() => void>()
const changed = () => listeners.forEach((f) => f())
window.addEventListener('popstate', changed)
const listen = (f: () => void) => {
  listeners.add(f)
  return () => void listeners.delete(f)
}
const address = () => location.pathname + location.search

function here() {
  return parse(location.pathname.startsWith(base) ? location.pathname.slice(base.length) || '/' : location.pathname, location.search)
}

/** The screen and view of the address, and its invalid parameters. */
export function useHere() {
  const at = useSyncExternalStore(listen, address)
  return useMemo(here, [at])
}

export function go(screen: Screen, view: View, replace = false) {
  const to = base + format(screen, view)
  if (to === address()) return
  const other = here().screen
  history[replace ? 'replaceState' : 'pushState'](null, '', to || '/')
  localStorage.setItem('last', format(screen, view))
  changed()
  if (!replace && JSON.stringify(other) !== JSON.stringify(screen)) window.scrollTo(0, 0)
}

/** Changes the view of the current screen. Choices add a history entry, so that Back undoes them; typing replaces the entry. */
export const adjust = (change: Partial<View>, replace = false) => {
  const { screen, view } = here()
  go(screen, { ...view, ...change }, replace)
}

type Props = AnchorHTMLAttributes<HTMLAnchorElement> & { to: Screen; with?: Partial<View> }

/** A link to a screen that keeps the window, the zone and the filters. */
export function Link({ to, with: change, onClick, ...rest }: Props) {
  const { view } = useHere()
  const next = { ...carried(view), ...change }
  return (
    <a
      href={base + format(to, next)}
      onClick={(e) => {
        onClick?.(e)
        if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
        e.preventDefault()
        go(to, next)
      }}
      {...rest}
    />
  )
}
