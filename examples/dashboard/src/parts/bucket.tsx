import { useState } from 'react'
import { RunListDocument, type SyncRunFilter } from '../gql/graphql'
import { now } from '../gateway'
import { useLive } from '../live'
import type { Outcome } from '../url'
import { clock, iso, next } from '../time'
import { Runs } from './runs'
import { Empty, Skeleton, Trouble } from './states'

/** The runs of a filter, in pages of 50. */
export function RunList({ filter, says }: { filter: SyncRunFilter; says: string }) {
  const [before, setBefore] = useState<string[]>([]) // cursors of the previous pages
  const { data, error, loading, old } = useLive(RunListDocument, { filter, after: before.at(-1) ?? null }, 60_000)
  if (!data) return error ? <Trouble error={error} what="The runs" /> : <Skeleton says="Reading runs…" />
  const { nodes, pageInfo } = data.syncRuns
  return (
    <div className={old ? 'old' : ''} aria-busy={loading}>
      {nodes.length ? <Runs runs={nodes} says={says} /> : <Empty>No such run.</Empty>}
      <p className="pages">
        {before.length > 0 && <button type="button" onClick={() => setBefore(before.slice(0, -1))}>◀ Newer</button>}
        {pageInfo.hasNextPage && <button type="button" onClick={() => setBefore([...before, pageInfo.endCursor!])}>Older ▶</button>}
      </p>
    </div>
  )
}

export function Bucket({ startsAt, unit, zone, outcomes, close }: { startsAt: string; unit: 'HOUR' | 'DAY'; zone: string; outcomes?: Outcome[]; close: () => void }) {
  const [from, to] = [Date.parse(startsAt), next(Date.parse(startsAt), unit, zone)]
  const title = `Runs from ${clock(from, zone, now())} to ${clock(to, zone, now())}`
  return (
    <section className="card" id="bucket">
      <h2>{title} <button type="button" className="plain" onClick={close}>Close</button></h2>
      <RunList key={startsAt} filter={{ createdSince: iso(from), createdBefore: iso(to), outcomes }} says={title} />
    </section>
  )
}
