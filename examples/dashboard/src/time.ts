import type { View } from './url'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

const lengths: Record<View['range'], number> = { '3h': 3 * hour, '12h': 12 * hour, '24h': day, '7d': 7 * day, '30d': 30 * day }

export const zoneOf = (tz: string) => (tz === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : tz)

const formats = new Map<string, Intl.DateTimeFormat>()
function formatter(zone: string, options: Intl.DateTimeFormatOptions) {
  const key = zone + JSON.stringify(options)
  let found = formats.get(key)
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options })))
  return found
}

/** The offset of a zone from UTC at a time, in milliseconds. */
export function offset(at: number, zone: string): number {
  const part: Record<string, number> = {}
  for (const p of formatter(zone, { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(at)) {
    part[p.type] = Number(p.value)
  }
  return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) - Math.floor(at / 1000) * 1000
}

/** The start of the hour or day of a time, by clocks in the zone. */
export function floor(at: number, unit: 'HOUR' | 'DAY', zone: string): number {
  const o = offset(at, zone)
  const size = unit === 'HOUR' ? hour : day
  const start = Math.floor((at + o) / size) * size - o
  const changed = offset(start, zone) - o // the clocks changed since the start
  return changed && unit === 'DAY' ? start - changed : start
}

/** The start of the next bucket. A day has 23 to 25 hours. */
export const next = (at: number, unit: 'HOUR' | 'DAY', zone: string) => floor(at + (unit === 'HOUR' ? hour : day + 2 * hour), unit, zone)

export type Window = {
  since: number // inclusive
  before: number | null // exclusive; null: now
  earlier: number // start of the previous period, which has the same length and ends at since
  bucket: 'HOUR' | 'DAY'
  words: string
}

/**
 * The window of a view. It begins with a whole bucket. The previous period is as long as the part of the window that has
 * passed, rounded to five minutes: so numbers are comparable, and refreshes within five minutes send the same query.
 */
export function windowOf(view: View, now: number): Window {
  const zone = zoneOf(view.tz)
  const length = view.from ? (view.to ? Date.parse(view.to) : now) - Date.parse(view.from) : lengths[view.range]
  const bucket = length <= 2 * day ? 'HOUR' : 'DAY'
  const since = floor(view.from ? Date.parse(view.from) : now - length, bucket, zone)
  const before = view.to ? Date.parse(view.to) : null
  const passed = (before ?? Math.floor(now / (5 * minute)) * 5 * minute) - since
  return { since, before, earlier: since - passed, bucket, words: view.from ? 'this period' : `the last ${view.range.replace('h', ' hours').replace('d', ' days')}` }
}

export const iso = (at: number) => new Date(at).toISOString()
export const end = (w: Window) => (w.before === null ? null : iso(w.before))

/** "14:03" for today, else "20 Nov, 14:03", with the year if it is not this year. */
export function clock(at: number, zone: string, now: number, seconds = false): string {
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', ...(seconds && { second: '2-digit' }) }
  const on = (t: number) => formatter(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(t)
  if (on(at) === on(now)) return formatter(zone, time).format(at)
  const year = on(at).slice(-4) === on(now).slice(-4) ? undefined : ('numeric' as const)
  return formatter(zone, { day: 'numeric', month: 'short', year, ...time }).format(at)
}

export const date = (at: number, zone: string) => formatter(zone, { day: 'numeric', month: 'short' }).format(at)
export const hourOf = (at: number, zone: string) => formatter(zone, { hour: '2-digit', minute: '2-digit' }).format(at)

/** "UTC+5:45" */
export function offsetName(at: number, zone: string): string {
  const minutes = Math.round(offset(at, zone) / minute)
  if (minutes === 0) return 'UTC'
  const [h, m] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `UTC${minutes < 0 ? '−' : '+'}${h}${m ? `:${String(m).padStart(2, '0')}` : ''}`
}

/** "25 s", "4 min 10 s", "2 h 5 min", "3 d 4 h"; "0.4 s" below ten seconds. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`
  const s = Math.round(seconds)
  if (s < 60) return `${s} s`
  const pair = (big: number, b: string, small: number, l: string) => `${big} ${b}${small ? ` ${small} ${l}` : ''}`
  if (s < 3600) return pair(Math.floor(s / 60), 'min', s % 60, 's')
  const m = Math.round(s / 60)
  if (m < 48 * 60) return pair(Math.floor(m / 60), 'h', m % 60, 'min')
  const h = Math.round(m / 60)
  return pair(Math.floor(h / 24), 'd', h % 24, 'h')
}

/** "just now", "3 min ago", "in 2 h": one unit, rounded down. */
export function relative(at: number, now: number): string {
  const apart = Math.abs(now - at)
  const words = apart < minute ? `${Math.floor(apart / 1000)} s` : apart < hour ? `${Math.floor(apart / minute)} min`
    : apart < 2 * day ? `${Math.floor(apart / hour)} h` : `${Math.floor(apart / day)} days`
  if (apart < 5000) return 'just now'
  return at > now ? `in ${words}` : `${words} ago`
}
