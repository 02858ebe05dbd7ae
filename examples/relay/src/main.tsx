import { Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { graphql, RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment } from 'react-relay'
import { Environment, Network, RecordSource, Store } from 'relay-runtime'
import type { main_runs$key } from './__generated__/main_runs.graphql'
import type { mainQuery } from './__generated__/mainQuery.graphql'
import type { mainOlderQuery } from './__generated__/mainOlderQuery.graphql'

const environment = new Environment({
  store: new Store(new RecordSource()),
  network: Network.create(async ({ text }, variables) => {
    const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: text, variables }) })
    return response.json()
  }),
})
const size = 5
const since = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString()

function Page() {
  const query = useLazyLoadQuery<mainQuery>(graphql`query mainQuery($since: DateTime!, $first: Int) { ...main_runs @arguments(since: $since, first: $first) }`, { since, first: size })
  const { data, loadNext, loadPrevious, hasNext, isLoadingNext, isLoadingPrevious } = usePaginationFragment<mainOlderQuery, main_runs$key>(graphql`
    fragment main_runs on Query
    @refetchable(queryName: "mainOlderQuery")
    @argumentDefinitions(since: { type: "DateTime!" }, first: { type: "Int" }, after: { type: "String" }, last: { type: "Int" }, before: { type: "String" }) {
      syncRuns(filter: { outcomes: [FAILED, PARTIAL], createdSince: $since }, first: $first, after: $after, last: $last, before: $before) @connection(key: "main_syncRuns", filters: ["filter"]) {
        edges {
          node {
            id
            createdAt
            errorCode
            sync {
              label
            }
          }
        }
      }
    }
  `, query)
  return (
    <main aria-busy={isLoadingNext || isLoadingPrevious}>
      <h1>What failed or lost records since yesterday</h1>
      <button onClick={() => loadPrevious(size)}>Newer</button>
      <ul>{data.syncRuns.edges.map(({ node }) => <li key={node.id}>{new Date(node.createdAt).toLocaleString()} <b>{node.errorCode ?? 'lost records'}</b> {node.sync.label}</li>)}</ul>
      <button disabled={!hasNext} onClick={() => loadNext(size)}>Older</button>
    </main>
  )
}

createRoot(document.getElementById('root')!).render(<RelayEnvironmentProvider environment={environment}><Suspense fallback={<p>Reading…</p>}><Page /></Suspense></RelayEnvironmentProvider>)
