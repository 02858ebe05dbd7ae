// Tests the gateway at the given URL with common clients, unmodified: subscriptions,
// queries and @defer. The exit status is 1 unless all of them succeed.
import { ApolloClient, HttpLink, InMemoryCache, gql as apolloGql } from '@apollo/client'
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { Client as Urql, fetchExchange, subscriptionExchange } from '@urql/core'
import { EventSource } from 'eventsource'
import { createClient as createSSE } from 'graphql-sse'
import { createClient as createWS } from 'graphql-ws'
import WebSocket from 'ws'

process.on('uncaughtException', e => { // urql does not handle the error of its own unsubscribing
  if (e.name !== 'AbortError') throw e
})

const url = process.argv[2]
const ws = url.replace(/^http/, 'ws')
const health = 'subscription { syncHealthChanged { sync { id label } after { state } } }' // has events immediately
const runs = 'subscription { syncRunChanged { cursor run { id outcome sync { label } } } }'
const query = '{ sync(id: 52) { label } }'
// Fields are deferred in an object, and in the objects of a list.
const deferred = `{
  sync(id: 52) {
    __typename id label
    runs(first: 2) { nodes { __typename id ... @defer(label: "run") { outcome } } }
    ... @defer(label: "stats") { runStats(filter: {}) { totalRuns } }
  }
}`

const within = (what, promise) => Promise.race([
  promise,
  new Promise((_, reject) => setTimeout(() => reject(new Error(what + ': nothing within 90 s')), 90_000).unref()),
])
const check = (name, value, good) => {
  if (!good) throw new Error(`${name}: ${JSON.stringify(value)}`)
}
const isHealth = (name, data) => check(name, data, data?.syncHealthChanged?.after?.state && data.syncHealthChanged.sync.id)
const isRun = (name, data) => check(name, data, data?.syncRunChanged?.run?.id && data.syncRunChanged.cursor)
const isSync = (name, data) => check(name, data, data?.sync?.label === 'Accounts → Salesforce')

// isDeferred checks the successive results of deferred: the first must lack the
// deferred fields, the last must be complete.
const isDeferred = (name, results) => {
  const [first, last] = [results[0], results.at(-1)]
  check(name, results, results.length > 1 && first.sync.label === 'Accounts → Salesforce' && !first.sync.runStats)
  check(name, last, last.sync.runStats.totalRuns > 2 && last.sync.runs.nodes.length === 2 && last.sync.runs.nodes.every(n => n.outcome))
}
// fetchIn returns a fetch that checks the multipart format of the answer.
const fetchIn = (name, form) => async (...args) => {
  const response = await fetch(...args)
  const type = response.headers.get('content-type')
  check(name, type, type.startsWith('multipart/mixed') && type.includes(form))
  return response
}
const apolloDefers = async (name, form, incrementalHandler) => {
  const client = new ApolloClient({ link: new HttpLink({ uri: url, fetch: fetchIn(name, form) }), cache: new InMemoryCache(), incrementalHandler })
  const results = []
  await within(name, new Promise((resolve, reject) => {
    client.watchQuery({ query: apolloGql(deferred), fetchPolicy: 'network-only' }).subscribe({
      next: r => {
        if (r.error) return reject(r.error)
        if (r.data?.sync) results.push(r.data)
        if (!r.loading && r.dataState === 'complete') resolve()
      },
      error: reject,
    })
  }))
  isDeferred(name, results)
  client.stop()
}

// first returns the first value of an observable, or of a similar subscribe function.
const first = (name, subscribe) => within(name, new Promise((resolve, reject) => {
  let stop
  const done = value => { resolve(value); queueMicrotask(() => stop?.()) }
  stop = subscribe({ next: done, error: e => reject(Object.assign(new Error(name), { cause: e })), complete: () => reject(new Error(name + ': complete')) })
}))

const cases = {
  async 'graphql-ws'() {
    const client = createWS({ url: ws, webSocketImpl: WebSocket, retryAttempts: 0 })
    for (const [text, is] of [[health, isHealth], [runs, isRun], [query, isSync]]) {
      is('graphql-ws', (await first('graphql-ws', sink => client.subscribe({ query: text }, sink))).data)
    }
    const bad = await new Promise(resolve => client.subscribe({ query: 'subscription { nothing }' }, { next() {}, error: resolve, complete: resolve }))
    check('graphql-ws', bad, bad?.[0]?.extensions?.code === 'GRAPHQL_VALIDATION_FAILED')
    await client.dispose()
  },
  async 'graphql-sse'() {
    const client = createSSE({ url, retryAttempts: 0 })
    for (const [text, is] of [[health, isHealth], [runs, isRun], [query, isSync]]) {
      is('graphql-sse', (await first('graphql-sse', sink => client.subscribe({ query: text }, sink))).data)
    }
    client.dispose()
  },
  async 'Apollo Client over multipart'() {
    const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() })
    isHealth('Apollo', (await first('Apollo', sink => { const s = client.subscribe({ query: apolloGql(health) }).subscribe(sink); return () => s.unsubscribe() })).data)
    isRun('Apollo', (await first('Apollo', sink => { const s = client.subscribe({ query: apolloGql(runs) }).subscribe(sink); return () => s.unsubscribe() })).data)
    isSync('Apollo', (await client.query({ query: apolloGql(query) })).data)
    client.stop()
  },
  async 'Apollo Client over WebSocket'() {
    const socket = createWS({ url: ws, webSocketImpl: WebSocket, retryAttempts: 0 })
    const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() })
    isHealth('Apollo', (await first('Apollo', sink => { const s = client.subscribe({ query: apolloGql(health) }).subscribe(sink); return () => s.unsubscribe() })).data)
    client.stop()
    await socket.dispose()
  },
  async 'urql over fetch'() {
    const client = new Urql({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false })
    isHealth('urql', (await first('urql', sink => client.subscription(health, {}).subscribe(r => r.error ? sink.error(r.error) : sink.next(r)).unsubscribe)).data)
    isSync('urql', (await client.query(query, {}).toPromise()).data)
  },
  async 'urql over graphql-ws'() {
    const socket = createWS({ url: ws, webSocketImpl: WebSocket, retryAttempts: 0 })
    const client = new Urql({ url, preferGetMethod: false, exchanges: [fetchExchange, subscriptionExchange({
      forwardSubscription: request => ({ subscribe: sink => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? '' }, sink) }) }),
    })] })
    isHealth('urql', (await first('urql', sink => client.subscription(health, {}).subscribe(r => r.error ? sink.error(r.error) : sink.next(r)).unsubscribe)).data)
    await socket.dispose()
  },
  '@defer with Apollo Client, as of 2022': () => apolloDefers('Defer20220824Handler', 'deferSpec=20220824', new Defer20220824Handler()),
  '@defer with Apollo Client, as of graphql-js 17': () => apolloDefers('GraphQL17Alpha9Handler', 'incrementalSpec=v0.2', new GraphQL17Alpha9Handler()),
  async '@defer with urql'() {
    const client = new Urql({ url, exchanges: [fetchExchange], preferGetMethod: false, fetch: fetchIn('@defer with urql', 'deferSpec=20220824') })
    const results = []
    await within('@defer with urql', new Promise((resolve, reject) => client.query(deferred, {}).subscribe(r => {
      if (r.error) return reject(r.error)
      results.push(structuredClone(r.data)) // urql reuses the object
      if (!r.hasNext) resolve()
    })))
    isDeferred('urql', results)
  },
  async EventSource() {
    const source = new EventSource(url + '?query=' + encodeURIComponent(runs))
    const event = await within('EventSource', new Promise((resolve, reject) => {
      source.addEventListener('next', resolve)
      source.addEventListener('error', reject)
    }))
    source.close()
    isRun('EventSource', JSON.parse(event.data).data)
    check('EventSource', event.lastEventId, event.lastEventId === JSON.parse(event.data).data.syncRunChanged.cursor)
  },
}

const results = await Promise.allSettled(Object.entries(cases).map(async ([name, run]) => {
  await run()
  console.log('ok', name)
}))
const failed = results.filter(r => r.status === 'rejected')
for (const f of failed) console.error(f.reason)
process.exit(failed.length ? 1 : 0)
