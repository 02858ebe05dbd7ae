import type { HealthState, Outcome } from './url'

export type Look = 'good' | 'part' | 'bad' | 'busy' | 'mute'
export type Shape = 'check' | 'half' | 'cross' | 'play' | 'dash' | 'stop' | 'query' | 'pause' | 'ring' | 'clock' | 'glass'
export type Mark = { look: Look; shape: Shape; word: string }

const ofOutcome: Record<Outcome, Mark> = {
  SUCCEEDED: { look: 'good', shape: 'check', word: 'succeeded' },
  PARTIAL: { look: 'part', shape: 'half', word: 'partial' },
  FAILED: { look: 'bad', shape: 'cross', word: 'failed' },
  IN_PROGRESS: { look: 'busy', shape: 'play', word: 'in progress' },
  SKIPPED: { look: 'mute', shape: 'dash', word: 'skipped' },
  CANCELED: { look: 'mute', shape: 'stop', word: 'canceled' },
  UNKNOWN: { look: 'mute', shape: 'query', word: 'unknown' },
}

const ofState: Record<HealthState, Mark> = {
  FAILING: { look: 'bad', shape: 'cross', word: 'failing' },
  STUCK: { look: 'bad', shape: 'glass', word: 'stuck' },
  LATE: { look: 'part', shape: 'clock', word: 'late' },
  DEGRADED: { look: 'part', shape: 'half', word: 'degraded' },
  UNKNOWN: { look: 'mute', shape: 'query', word: 'unknown' },
  NEVER_RAN: { look: 'mute', shape: 'ring', word: 'never ran' },
  PAUSED: { look: 'mute', shape: 'pause', word: 'paused' },
  HEALTHY: { look: 'good', shape: 'check', word: 'healthy' },
}

// An unknown value, of a later schema, is shown as its name.
const strange = (value: string): Mark => ({ look: 'mute', shape: 'query', word: value.toLowerCase().replaceAll('_', ' ') })
export const outcomeMark = (value: string): Mark => ofOutcome[value as Outcome] ?? strange(value)
export const stateMark = (value: string): Mark => ofState[value as HealthState] ?? strange(value)

export const count = (n: number) => n.toLocaleString('en')

/** "12.3 M", "9,876" */
export function short(n: number): string {
  if (n < 100_000) return count(n)
  for (const [size, unit] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M']] as const) {
    if (n >= size * 0.9995) return `${(n / size).toPrecision(3)} ${unit}`
  }
  return `${Math.round(n / 1000)} k`
}

export const plural = (n: number, one: string, more = `${one}s`) => `${count(n)} ${n === 1 ? one : more}`

/** A share in percent. A share below 1 is never rounded to "100 %", and one above 0 never to "0 %". */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`
  const p = share * 100
  if (p < 0.1) return '< 0.1 %'
  if (p > 99.9) return '> 99.9 %'
  return `${p < 10 || p > 90 ? Math.round(p * 10) / 10 : Math.round(p)} %`
}

/** "12 % more" or "the same", compared with the previous period. */
export function change(now: number, before: number, up = 'more', down = 'fewer'): string {
  if (now === before) return 'the same as before'
  if (before === 0) return 'none before'
  const p = Math.abs(now - before) / before
  if (p < 0.005) return 'about as before'
  const words = p >= 2 && now > before ? `${Math.round((now / before) * 10) / 10} times as many` : `${p < 0.1 ? Math.round(p * 1000) / 10 : Math.round(p * 100)} % ${now > before ? up : down}`
  return `${words} than before`.replace('as many than', 'as many as')
}

/** Describes the outcomes of a group of runs, worst first. */
export function summary(counts: { outcome: string; count: number }[]): string {
  const order = ['FAILED', 'PARTIAL', 'SUCCEEDED', 'IN_PROGRESS', 'SKIPPED', 'CANCELED', 'UNKNOWN']
  const found = counts.filter((c) => c.count > 0).sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))
  return found.map((c) => `${count(c.count)} ${outcomeMark(c.outcome).word}`).join(', ') || 'no runs'
}
