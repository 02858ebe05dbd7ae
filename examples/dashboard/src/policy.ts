// When to ask again. Kept free of React and of clocks, so that it can be tested.

export type Mood = {
  live: boolean
  hidden: boolean // the tab is
  failures: number // in a row
  retryAfter: number // milliseconds that the gateway asked for; 0: did not
  every: number // milliseconds between refreshes of this screen
}

const backoff = [5_000, 10_000, 30_000, 60_000, 120_000]

/** Milliseconds until the next refresh; null: none by itself. chance is from 0 to 1 and spreads retries by a fifth. */
export function wait(mood: Mood, chance: number): number | null {
  if (!mood.live || mood.hidden) return null
  if (mood.failures === 0) return mood.every
  const base = backoff[Math.min(mood.failures, backoff.length) - 1]!
  return Math.max(base * (0.9 + 0.2 * chance), mood.retryAfter)
}

/** The gateway's clock is believed over this machine's once they are further apart than the Date header is exact. */
export function skew(date: string | null, here: number): number {
  const apart = Date.parse(date ?? '') + 500 - here
  return Math.abs(apart) > 2000 ? apart : 0
}
