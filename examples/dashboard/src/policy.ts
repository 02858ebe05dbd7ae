// Decides when to refresh. It uses neither React nor a clock, so that it can be tested.

export type Mood = {
  live: boolean
  hidden: boolean // the tab is hidden
  failures: number // in a row
  retryAfter: number // milliseconds that the gateway asked to wait; 0: it did not
  every: number // milliseconds between refreshes of this screen
}

const backoff = [5_000, 10_000, 30_000, 60_000, 120_000]

/** Milliseconds until the next refresh; null: no automatic refresh. chance, from 0 to 1, varies retries by a fifth. */
export function wait(mood: Mood, chance: number): number | null {
  if (!mood.live || mood.hidden) return null
  if (mood.failures === 0) return mood.every
  const base = backoff[Math.min(mood.failures, backoff.length) - 1]!
  return Math.max(base * (0.9 + 0.2 * chance), mood.retryAfter)
}

/** The gateway's clock is used if it differs from this machine's by more than the precision of the Date header. */
export function skew(date: string | null, here: number): number {
  const apart = Date.parse(date ?? '') + 500 - here
  return Math.abs(apart) > 2000 ? apart : 0
}
