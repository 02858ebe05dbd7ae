// The URL contains the whole state of the page: a screen (the path) and a view (the search parameters).

export const healthStates = ['FAILING', 'STUCK', 'LATE', 'DEGRADED', 'UNKNOWN', 'NEVER_RAN', 'PAUSED', 'HEALTHY'] as const
export type HealthState = (typeof healthStates)[number]
export const outcomes = ['FAILED', 'PARTIAL', 'SUCCEEDED', 'IN_PROGRESS', 'SKIPPED', 'CANCELED', 'UNKNOWN'] as const
export type Outcome = (typeof outcomes)[number]
export const ranges = ['3h', '12h', '24h', '7d', '30d'] as const
export const sorts = ['health', 'label', 'last', 'p95', 'rejected'] as const
export const groups = ['none', 'destination', 'source'] as const

export type Screen =
  | { name: 'overview' | 'timeline' | 'failures' }
  | { name: 'sync' | 'run'; id: string }
  | { name: 'lost'; path: string }

export type View = {
  range: (typeof ranges)[number]
  from: string // RFC 3339; if from is set, range is ignored
  to: string
  tz: string // "local", "UTC" or an IANA name
  live: boolean
  state: HealthState[]
  dest: string[] // ids of connections
  src: string[]
  q: string
  paused: '' | '0' | '1' // '': both
  sort: (typeof sorts)[number]
  dir: '' | 'asc' | 'desc' // '': the default direction of the column
  group: (typeof groups)[number]
  cmp: boolean // compare with the previous period
  at: string // RFC 3339: start of a sync's history
  tab: 'history' | 'causes'
  outcome: Outcome[] // filter of a sync's history
  code: string // error code on the failures screen
  bucket: string // start of the bucket whose runs are listed, RFC 3339
}

export const defaults: View = {
  range: '24h', from: '', to: '', tz: 'local', live: true, state: [], dest: [], src: [], q: '', paused: '',
  sort: 'health', dir: '', group: 'none', cmp: true, at: '', tab: 'history', outcome: [], code: '', bucket: '',
}

const moment = (text: string) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined)
const among = <T extends string>(all: readonly T[]) => (text: string) => (all as readonly string[]).includes(text) ? (text as T) : undefined
const several = <T>(one: (text: string) => T | undefined) => (text: string) => {
  const found = text.split(',').map(one)
  return found.every((x) => x !== undefined) ? (found as T[]) : undefined
}
const flag = (text: string) => (text === '1' ? true : text === '0' ? false : undefined)
const id = (text: string) => (/^\d{1,19}$/.test(text) ? text : undefined)
const any = (text: string) => (text.length <= 200 ? text : undefined)

export function isZone(text: string) {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}

const readers: { [K in keyof View]: (text: string) => View[K] | undefined } = {
  range: among(ranges), from: moment, to: moment, live: flag, q: any, code: any, at: moment, bucket: moment, cmp: flag,
  tz: (text) => (text === 'local' || isZone(text) ? text : undefined),
  state: several(among(healthStates)), outcome: several(among(outcomes)), dest: several(id), src: several(id),
  paused: among(['0', '1']), sort: among(sorts), dir: among(['asc', 'desc']), group: among(groups), tab: among(['history', 'causes']),
}

/** Parses a path below the base and a search; notices lists invalid parameters. */
export function parse(path: string, search: string): { screen: Screen; view: View; notices: string[] } {
  const view = { ...defaults }
  const notices: string[] = []
  for (const [name, text] of new URLSearchParams(search)) {
    const read = readers[name as keyof View]
    const value = read?.(text)
    if (value !== undefined) Object.assign(view, { [name]: value })
    else if (text !== '') notices.push(`${name}=${text}`)
  }
  if (view.from && (!view.to || Date.parse(view.from) < Date.parse(view.to))) return { screen: screen(path), view, notices }
  if (view.from || view.to) notices.push(`from=${view.from}&to=${view.to}`)
  return { screen: screen(path), view: { ...view, from: '', to: '' }, notices }
}

function screen(path: string): Screen {
  const [, name = '', id = '', ...rest] = path.replace(/\/+$/, '').split('/')
  if (name === '' && !id) return { name: 'overview' }
  if ((name === 'timeline' || name === 'failures') && !id) return { name }
  if ((name === 'syncs' || name === 'runs') && /^\d{1,19}$/.test(id) && rest.length === 0) return { name: name === 'syncs' ? 'sync' : 'run', id }
  return { name: 'lost', path }
}

/** The address below the base, with the parameters that differ from their defaults. */
export function format(screen: Screen, view: View): string {
  const search = new URLSearchParams()
  for (const name of Object.keys(defaults) as (keyof View)[]) {
    const value = view[name]
    if (String(value) === String(defaults[name])) continue
    search.set(name, typeof value === 'boolean' ? (value ? '1' : '0') : String(value))
  }
  const path = screen.name === 'overview' ? '/' : screen.name === 'sync' ? `/syncs/${screen.id}` : screen.name === 'run' ? `/runs/${screen.id}`
    : screen.name === 'lost' ? screen.path : `/${screen.name}`
  const text = search.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/')
  return path + (text ? `?${text}` : '')
}

/** The part of a view that other screens share: the window, the zone and the filters. */
export function carried(view: View): View {
  return { ...view, at: '', tab: 'history', outcome: [], code: '', bucket: '' }
}
