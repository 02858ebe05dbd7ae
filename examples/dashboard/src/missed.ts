import { day, hour, minute } from './time'

type Span = { from: number; to: number | null }

/**
 * The scheduled executions without a run, in order, after the grace time of the gateway's health rules. runs are newest
 * first. Executions before the oldest run are left out: an earlier run may have been in progress.
 */
export function missed(due: number[], runs: Span[], now: number): number[] {
  const oldest = runs.at(-1)?.from ?? -Infinity
  return due.filter((at, i) => {
    const next = due[i + 1] ?? Infinity
    const interval = Math.min(next, due[i - 1] === undefined ? at + day : at * 2 - due[i - 1]!) - at
    if (at < oldest || now - at <= Math.min(2 * hour, Math.max(15 * minute, interval))) return false
    return !runs.some((run) => (run.from >= at - minute && run.from < next) || (run.from < at && (run.to ?? run.from) > at))
  })
}
