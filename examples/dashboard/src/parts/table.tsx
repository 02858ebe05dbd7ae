import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'
import { adjust, Link } from '../nav'
import { ascending, nameOf, rejected, type SyncRow, type Syncs } from '../syncs'
import { duration } from '../time'
import { defaults, groups, type View } from '../url'
import { count, percent } from '../words'
import { OutcomeBadge, StateBadge, Strip, When } from './marks'
import { Empty } from './states'

const heads: { words: string; sort?: View['sort']; name: string }[] = [
  { words: 'State', sort: 'health', name: 'state' }, { words: 'Sync', sort: 'label', name: 'sync' }, { words: 'Last run', sort: 'last', name: 'last' }, { words: 'Last 25 runs', name: 'runs' },
  { words: 'Last success', name: 'success' }, { words: 'Next run', name: 'next' }, { words: 'Took: half, 95 %', sort: 'p95', name: 'took' }, { words: 'Rejected', sort: 'rejected', name: 'rejected' },
]

type Entry = { head: string; size: number } | { row: SyncRow }

/** The rows of a view, grouped if the view has groups. */
function entries(rows: SyncRow[], group: View['group']): Entry[] {
  if (group === 'none') return rows.map((row) => ({ row }))
  const by = Map.groupBy(rows, (r) => r[group]?.connectionName ?? 'unknown')
  return [...by].sort(([a], [b]) => a.localeCompare(b)).flatMap(([head, rows]) => [{ head, size: rows.length }, ...rows.map((row) => ({ row }))])
}

/** The table of all syncs. Only rows near the visible area are in the document. */
export function Table({ syncs, rows, view }: { syncs: Syncs; rows: SyncRow[]; view: View }) {
  const shown = entries(rows, view.group)
  const list = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY))
  const virtual = useWindowVirtualizer({ count: shown.length, estimateSize: () => 41, overscan: 8, scrollMargin: top, getItemKey: (i) => ('row' in shown[i]! ? shown[i].row.id : shown[i]!.head) })
  const sort = (to: View['sort']) => adjust({ sort: to, dir: view.sort === to ? (ascending(view) ? 'desc' : 'asc') : '' })
  return (
    <section className="syncs">
      <div className="filters">
        <h2>All syncs <span className="quiet">{rows.length === syncs.rows.length ? count(syncs.total) : `${count(rows.length)} of ${count(syncs.total)}`}</span></h2>
        <Filters syncs={syncs} view={view} />
      </div>
      {rows.length === 0 && <Empty>No sync matches. <button type="button" onClick={() => adjust({ state: [], dest: [], src: [], q: '', paused: '' })}>Clear filters</button></Empty>}
      <div role="table" aria-label="Syncs" aria-rowcount={shown.length + 1} className="grid">
        <div role="rowgroup" className="head"><div role="row">
          {heads.map((h) => (
            <span role="columnheader" key={h.name} className={h.name} aria-sort={h.sort === view.sort ? (ascending(view) ? 'ascending' : 'descending') : undefined}>
              {h.sort ? <button type="button" className="plain" onClick={() => sort(h.sort!)}>{h.words}{h.sort === view.sort && <span aria-hidden="true">{ascending(view) ? ' ↑' : ' ↓'}</span>}</button> : h.words}
            </span>
          ))}
        </div></div>
        <div role="rowgroup" ref={list} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const entry = shown[item.index]!
            return (
              <div key={item.key} role="row" aria-rowindex={item.index + 2} data-index={item.index} ref={virtual.measureElement} className={'row' in entry ? '' : 'group'} style={{ transform: `translateY(${item.start - virtual.options.scrollMargin}px)` }}>
                {'row' in entry ? <Cells row={entry.row} /> : <span role="cell">{entry.head} <span className="quiet">{entry.size}</span></span>}
              </div>
            )
          })}
        </div>
      </div>
    </section>
  )
}

function Cells({ row }: { row: SyncRow }) {
  const share = rejected(row)
  const took = row.typicalRun?.durationSeconds
  return (
    <>
      <span role="cell" className="state">{row.health ? <StateBadge of={row.health.state} /> : <span className="quiet">could not be read</span>}</span>
      <span role="cell" className="sync">
        <Link to={{ name: 'sync', id: String(row.databaseId) }} data-row data-census={row.url ?? undefined} className="row">{nameOf(row)}</Link>
        <small>{row.source?.connectionName ?? '?'} → {row.destination?.connectionName ?? '?'} {row.destination?.object}</small>
      </span>
      <span role="cell" className="last">{row.latestRun ? <><OutcomeBadge of={row.latestRun.outcome} bare /><When at={row.latestRun.createdAt} /></> : <span className="quiet">none</span>}</span>
      <span role="cell" className="runs">{row.strip && <Strip runs={latest(row)} />}</span>
      <span role="cell" className="success"><When at={row.health?.lastSuccessAt} /></span>
      <span role="cell" className="next"><When at={row.nextRunAt} none={row.paused ? 'paused' : '–'} /></span>
      <span role="cell" className="took">{took ? <>{duration(took.p50)} <span className="quiet">{duration(took.p95)}</span></> : <span className="quiet">–</span>}</span>
      <span role="cell" className="rejected">{share === null ? <span className="quiet" title="Not reported">–</span> : percent(share)}</span>
    </>
  )
}

/** The runs of the strip, preceded by a newer one that a live event has delivered. */
function latest(row: SyncRow) {
  const runs = row.strip!.nodes
  return row.latestRun && !runs.some((r) => r.id === row.latestRun!.id) ? [{ ...row.latestRun, dryRun: false }, ...runs] : runs
}

function Filters({ syncs, view }: { syncs: Syncs; view: View }) {
  const names = (end: 'source' | 'destination') => [...new Map(syncs.rows.flatMap((r) => (r[end]?.connectionId == null ? [] : [[String(r[end].connectionId), r[end].connectionName ?? String(r[end].connectionId)] as const])))].sort((a, b) => a[1].localeCompare(b[1]))
  const choice = (words: string, value: string, options: readonly (readonly [string, string])[], set: (value: string) => void) => (
    <label><span className="unseen">{words}</span><select value={value} onChange={(e) => set(e.target.value)}><option value="">{words}: any</option>{options.map(([v, name]) => <option key={v} value={v}>{name}</option>)}</select></label>
  )
  return (
    <div className="choices">
      <label><span className="unseen">Search syncs</span><input id="search" type="search" placeholder="Search ( / )" value={view.q} onChange={(e) => adjust({ q: e.target.value }, true)} /></label>
      {choice('Destination', view.dest[0] ?? '', names('destination'), (v) => adjust({ dest: v ? [v] : [] }))}
      {choice('Source', view.src[0] ?? '', names('source'), (v) => adjust({ src: v ? [v] : [] }))}
      {choice('Paused', view.paused, [['0', 'not paused'], ['1', 'paused']], (v) => adjust({ paused: v as View['paused'] }))}
      <label><span className="unseen">Group by</span><select value={view.group} onChange={(e) => adjust({ group: e.target.value as View['group'] })}>{groups.map((g) => <option key={g} value={g}>{g === 'none' ? 'No groups' : `By ${g}`}</option>)}</select></label>
      {JSON.stringify([view.state, view.dest, view.src, view.q, view.paused]) !== JSON.stringify([defaults.state, defaults.dest, defaults.src, defaults.q, defaults.paused]) && <button type="button" onClick={() => adjust({ state: [], dest: [], src: [], q: '', paused: '' })}>Clear</button>}
    </div>
  )
}
