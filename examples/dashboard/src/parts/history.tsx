import { useCallback, useEffect, useRef, useState } from 'react'
import type { CombinedError } from '@urql/core'
import { client, now } from '../gateway'
import { HistoryDocument, type HistoryQueryVariables, type RunRowFragment } from '../gql/graphql'
import { useSchedule } from '../live'
import { adjust, useHere } from '../nav'
import { clock, iso, offset, zoneOf } from '../time'
import { outcomes, type View } from '../url'
import { outcomeMark, plural } from '../words'
import { Runs } from './runs'
import { Empty, Skeleton, Trouble } from './states'

type Page = { runs: RunRowFragment[]; newer: string | null; older: string | null } // cursors; null: no further page
const size = 25

/** Runs of a sync, newest first or from a given time on, with buttons for more in both directions. */
export function History({ id }: { id: string }) {
  const { view } = useHere()
  const [page, set] = useState<Page>()
  const [error, fail] = useState<CombinedError>()
  const filter = view.outcome.length ? { outcomes: view.outcome } : undefined
  const key = JSON.stringify([id, view.outcome, view.at])
  const ask = async (variables: Omit<HistoryQueryVariables, 'id'>, fresh = false) => {
    const r = await client.query(HistoryDocument, { id, filter, ...variables }, { requestPolicy: fresh ? 'network-only' : 'cache-first' }).toPromise()
    fail(r.error)
    return r.data?.sync?.runs
  }
  const last = useRef(0)
  const start = useCallback(() => {
    let here = true
    last.current = Date.now()
    // From a given time on: older runs are read with one filter, newer ones with the opposite filter.
    void (async () => {
      const runs = await ask({ first: size, filter: view.at ? { ...filter, createdBefore: view.at } : filter }, true)
      if (here && runs) set((old) => merge(view.at ? undefined : old, { runs: runs.nodes, newer: null, older: runs.pageInfo.hasNextPage ? runs.pageInfo.endCursor : null }))
    })()
    return () => void (here = false)
  }, [key])
  useEffect(() => {
    set(undefined)
    return start()
  }, [start])
  useSchedule(start, 60_000, last)
  const older = async () => {
    const runs = await ask({ first: size, after: page!.older, filter: view.at ? { ...filter, createdBefore: view.at } : filter })
    if (runs) set((p) => p && { ...p, runs: unique([...p.runs, ...runs.nodes]), older: runs.pageInfo.hasNextPage ? runs.pageInfo.endCursor : null })
  }
  const newer = async () => {
    const top = page!.runs[0]?.createdAt
    const runs = await ask({ last: size, filter: { ...filter, createdSince: top ? iso(Date.parse(top) + 1) : view.at } }, true)
    if (runs?.nodes.length) set((p) => p && { ...p, runs: unique([...runs.nodes, ...p.runs]) })
    else adjust({ at: '' })
  }
  return (
    <section className="card">
      <div className="filters">
        <h2>History</h2>
        <div className="choices"><Jump view={view} />
          <label><span className="unseen">Outcome</span><select value={view.outcome[0] ?? ''} onChange={(e) => adjust({ outcome: e.target.value ? [e.target.value as View['outcome'][number]] : [] })}>
            <option value="">Outcome: any</option>{outcomes.map((o) => <option key={o} value={o}>{outcomeMark(o).word}</option>)}
          </select></label></div>
      </div>
      <Trouble error={error} what="The history" />
      {!page && !error && <Skeleton says="Reading the runs…" />}
      {page && view.at && <p className="pages"><button type="button" onClick={newer}>▲ Newer</button></p>}
      {page && (page.runs.length ? <Runs runs={page.runs} says={`Runs of the sync: ${plural(page.runs.length, 'run')}`} /> : <Empty>No such run. {view.outcome.length > 0 && <button type="button" onClick={() => adjust({ outcome: [] })}>Show all outcomes</button>}</Empty>)}
      {page?.older && <p className="pages"><button type="button" onClick={older}>▼ Older</button></p>}
    </section>
  )
}

const unique = (runs: RunRowFragment[]) => [...new Map(runs.map((run) => [run.id, run])).values()]

/** A refresh reads the newest page. Older pages are kept if the new page reaches them. */
function merge(old: Page | undefined, page: Page): Page {
  const last = page.runs.at(-1)?.id
  const at = old?.runs.findIndex((run) => run.id === last) ?? -1
  return !old || at < 0 || old.runs.length <= page.runs.length ? page : { runs: unique([...page.runs, ...old.runs.slice(at + 1)]), newer: null, older: old.older }
}

function Jump({ view }: { view: View }) {
  const zone = zoneOf(view.tz)
  const local = (at: number) => iso(at + offset(at, zone)).slice(0, 16)
  const jump = (text: string) => {
    if (!text) return adjust({ at: '' })
    const guess = Date.parse(`${text}:00Z`)
    const at = guess - offset(guess - offset(guess, zone), zone)
    adjust({ at: iso(at) }, true)
  }
  return <label title={`Runs before this moment, ${view.at ? clock(Date.parse(view.at), zone, now()) : 'now'}`}>Up to <input type="datetime-local" value={view.at ? local(Date.parse(view.at)) : ''} max={local(now())} onChange={(e) => jump(e.target.value)} /></label>
}
