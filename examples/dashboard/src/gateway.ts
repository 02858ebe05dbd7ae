import { cacheExchange } from '@urql/exchange-graphcache'
import { useSyncExternalStore } from 'react'
import { Client, fetchExchange } from '@urql/core'
import * as documents from './gql/graphql'
import { skew } from './policy'

type Config = { base: string; endpoint: string; credentials?: string; simulated?: boolean }
const config: Config = JSON.parse(document.getElementById('config')!.textContent!)

/** The path of the page's folder, without a slash at the end. */
export const base = new URL(config.base, location.href).pathname.replace(/\/$/, '')
export const endpoint = new URL(config.endpoint, location.href).href
export const credentials = config.credentials ?? ''
export const simulated = config.simulated ?? false

/** The state of the connection to the gateway. */
export type Link = {
  skew: number // milliseconds by which the gateway's clock is ahead
  readAt: number // time of the last successful answer, by the gateway's clock; 0: none yet
  failedAt: number // when requests began to fail; 0: they succeed
  failures: number // in a row
  retryAfter: number // milliseconds
  trouble: string // message of the last failure
  staleAsOf: number // time of the data, while Census does not answer; 0: it answers
  refused: boolean // credentials are missing or wrong
}
let link: Link = { skew: 0, readAt: 0, failedAt: 0, failures: 0, retryAfter: 0, trouble: '', staleAsOf: 0, refused: false }
const listeners = new Set<() => void>()
const listen = (f: () => void) => {
  listeners.add(f)
  return () => void listeners.delete(f)
}
function learn(change: Partial<Link>) {
  link = { ...link, ...change }
  for (const f of listeners) f()
}
export const useLink = () => useSyncExternalStore(listen, () => link)
export const now = () => Date.now() + link.skew

export const token = {
  get: () => sessionStorage.getItem('token') ?? '',
  set(text: string) {
    sessionStorage.setItem('token', text)
    learn({ refused: false })
  },
}

function failed(trouble: string, retryAfter = 0) {
  learn({ failedAt: link.failedAt || now(), failures: link.failures + 1, trouble, retryAfter })
}

type Answer = { data?: unknown; errors?: { message: string; extensions?: { code?: string; retryAfterSeconds?: number } }[]; extensions?: { census?: { stale?: boolean; asOf?: string } } }

// Sends the hash of a document, which this gateway knows (trusted documents). A gateway that does not know it gets the text.
const hashes = new Map<string, string>()
for (const one of Object.values(documents) as unknown as { __meta__?: { hash: string }; definitions: { name?: { value: string } }[] }[]) {
  const name = one.definitions[0]?.name?.value
  if (one.__meta__ && name) hashes.set(name, one.__meta__.hash)
}
let unknown = false

async function send(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  if (token.get()) headers.set('authorization', `Bearer ${token.get()}`)
  const request = JSON.parse(String(init.body)) as { operationName: string; query?: string }
  const hash = hashes.get(request.operationName)
  const stream = headers.get('accept')?.startsWith('text/event-stream') ?? false
  const post = async (body: object) => fetch(input, { ...init, headers, body: JSON.stringify(body) })
  let response: Response
  try {
    response = hash && !unknown ? await post({ ...request, query: undefined, documentId: hash }) : await post(request)
    if (stream && response.headers.get('content-type')?.startsWith('text/event-stream')) return response
    let answer = await read(response)
    if (answer?.errors?.[0]?.extensions?.code === 'PERSISTED_QUERY_NOT_FOUND') {
      unknown = true
      response = await post(request)
      answer = await read(response)
    }
    if (!stream) recordAnswer(response, answer)
  } catch (e) {
    if ((e as Error).name !== 'AbortError') failed(navigator.onLine ? 'The gateway does not answer.' : 'Offline.')
    throw e
  }
  return response
}

async function read(response: Response): Promise<Answer | null> {
  try {
    return (await response.clone().json()) as Answer
  } catch {
    return null // not JSON, for example an error page of a proxy
  }
}

function recordAnswer(response: Response, answer: Answer | null) {
  const first = answer?.errors?.[0]
  if (response.status === 401 || response.status === 403) return learn({ refused: true, trouble: first?.message ?? `Status ${response.status}.` })
  if (answer?.data === undefined || answer.data === null) {
    if (first?.extensions?.code === 'QUERY_TOO_EXPENSIVE') return // the screen shows this; the gateway works
    return failed(first ? `${first.message}` : `The gateway answered with status ${response.status}.`, (first?.extensions?.retryAfterSeconds ?? 0) * 1000)
  }
  const census = answer.extensions?.census
  learn({
    skew: skew(response.headers.get('date'), Date.now()), readAt: now(), failedAt: 0, failures: 0, retryAfter: 0, trouble: '', refused: false,
    staleAsOf: census?.stale ? Date.parse(census.asOf ?? '') || now() : 0,
  })
}

const embedded = () => null // has no id: stored inside its parent
export const client = new Client({
  url: endpoint,
  preferGetMethod: false,
  fetch: send,
  fetchSubscriptions: true,
  exchanges: [
    cacheExchange({
      keys: Object.fromEntries(
        ['SyncHealth', 'SyncHealthCount', 'SyncSchedule', 'SyncSource', 'SyncDestination', 'SyncRunStats', 'SyncRunOutcomeCount', 'SyncRunErrorGroup', 'SyncRunStatsBucket',
          'SyncRunConnection', 'SyncConnection', 'PageInfo', 'DurationSummary', 'RecordTotals', 'TypicalRun', 'SyncTriggerReason', 'SyncRunEvent'].map((name) => [name, embedded]),
      ),
    }),
    fetchExchange,
  ],
})
