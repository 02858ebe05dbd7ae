import { createClient, NetworkError } from 'graphql-sse'
import { GatewayError, headers, isTemporary } from './client.js'
import { graphql } from './gql/index.js'
import type { ChangesSubscription } from './gql/graphql.js'

const Changes = graphql(`
  subscription Changes($after: String) {
    syncRunChanged(after: $after) {
      cursor
      run {
        databaseId
        outcome
        createdAt
        errorCode
        sync {
          label
        }
      }
    }
  }
`)

/**
* Yields each new or changed run, starting after the given cursor. When the stream ends, it subscribes again from the last
* event that the caller has handled. It throws when the gateway returns an error that a retry does not fix.
 */
export async function* changes(endpoint: string, after: string | null): AsyncGenerator<ChangesSubscription['syncRunChanged']> {
  const client = createClient({ url: endpoint, headers, retryAttempts: 0 })
  for (let failures = 0; ; failures++) {
    try {
      for await (const { data, errors } of client.iterate<ChangesSubscription>({ query: Changes.toString(), variables: { after } })) {
        if (!data) throw new GatewayError((errors ?? []) as unknown as GatewayError['errors'])
        yield data.syncRunChanged
        after = data.syncRunChanged.cursor
        failures = 0
      }
    } catch (error) {
      const status = error instanceof NetworkError ? ((error.response as Response | undefined)?.status ?? 0) : 0
      if ((error instanceof GatewayError && !isTemporary(error)) || (status >= 400 && status < 500 && status !== 429)) throw error
    }
    await new Promise((resume) => setTimeout(resume, Math.min(500 * 2 ** failures, 30_000)))
  }
}
