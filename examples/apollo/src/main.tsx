import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { ApolloProvider, useQuery } from '@apollo/client/react'
import { relayStylePagination } from '@apollo/client/utilities'
import { createRoot } from 'react-dom/client'
import { graphql } from './gql'

const Failed = graphql(`
  query Failed($since: DateTime!, $first: Int, $after: String, $last: Int, $before: String) {
    syncRuns(filter: { outcomes: [FAILED, PARTIAL], createdSince: $since }, first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          createdAt
          errorCode
          sync {
            id
            label
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
        hasPreviousPage
        startCursor
      }
    }
  }
`)

// Merges all pages of a list in the cache. Each filter has its own list.
const cache = new InMemoryCache({ typePolicies: { Query: { fields: { syncRuns: relayStylePagination(['filter']) } } } })
const client = new ApolloClient({ link: new HttpLink({ uri: '/graphql' }), cache })
const size = 5
const since = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString()

function Page() {
  const { data, error, loading, fetchMore } = useQuery(Failed, { variables: { since, first: size } })
  if (error) return <p role="alert">{error.message}</p>
  if (!data) return <p>Reading…</p>
  const { edges, pageInfo } = data.syncRuns
  return (
    <main aria-busy={loading}>
      <h1>What failed or lost records since yesterday</h1>
      <button onClick={() => fetchMore({ variables: { first: null, after: null, last: size, before: pageInfo.startCursor } })}>Newer</button>
      <ul>{edges.map(({ node }) => <li key={node.id}>{new Date(node.createdAt).toLocaleString()} <b>{node.errorCode ?? 'lost records'}</b> {node.sync.label}</li>)}</ul>
      <button disabled={!pageInfo.hasNextPage} onClick={() => fetchMore({ variables: { first: size, after: pageInfo.endCursor } })}>Older</button>
    </main>
  )
}

createRoot(document.getElementById('root')!).render(<ApolloProvider client={client}><Page /></ApolloProvider>)
