// Prints the runs that failed since yesterday, page by page: node dist/main.js http://127.0.0.1:8080/graphql
import { ask } from './client.js'
import { graphql } from './gql/index.js'

const Failed = graphql(`
  query Failed($since: DateTime!, $after: String) {
    syncRuns(filter: { outcomes: [FAILED], createdSince: $since }, first: 5, after: $after) {
      nodes {
        databaseId
        createdAt
        errorCode
        sync {
          label
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

/** Yields the runs that failed since a time, newest first. It reads each page when it is needed. */
async function* failed(endpoint: string, since: Date) {
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof read>> = await read(endpoint, since, after)
    yield* page.nodes
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after)
}
const read = async (endpoint: string, since: Date, after: string | null) => (await ask(endpoint, Failed, { since: since.toISOString(), after })).syncRuns

const since = new Date(Date.now() - 24 * 60 * 60 * 1000)
let seen = 0
for await (const run of failed(process.argv[2] ?? 'http://127.0.0.1:8080/graphql', since)) {
  seen++
  console.log(`${new Date(run.createdAt).toLocaleString('sv')}  ${(run.errorCode ?? 'without a code').padEnd(32)} ${run.sync.label ?? 'without a label'}`)
}
console.log(`${seen} runs failed since ${since.toLocaleString('sv')}.`)
