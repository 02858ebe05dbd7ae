import { useEffect, useState, useSyncExternalStore } from 'react'
import { client, now, useLink } from './gateway'
import { RunChangedDocument } from './gql/graphql'
import { useHere } from './nav'
import { wait } from './policy'
import { nameOf } from './syncs'
import { stateMark } from './words'

const quiet = 10_000 // minimum time between two announcements for screen readers, in ms

let following = false
const listeners = new Set<() => void>()
function follow(yes: boolean) {
  following = yes
  listeners.forEach((f) => f())
}
/** Whether a subscription delivers changes. */
export const useFollowing = () => useSyncExternalStore((f) => (listeners.add(f), () => void listeners.delete(f)), () => following)

let supported = true
let cursor: string | undefined

/** Subscribes to all runs while the page is live and visible. Events update the cache. Returns an announcement of what got worse. */
export function useEvents() {
  const { view } = useHere()
  const [said, say] = useState('')
  const [hidden, setHidden] = useState(document.hidden)
  const { refused } = useLink()
  useEffect(() => {
    const look = () => setHidden(document.hidden)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  useEffect(() => {
    if (!view.live || hidden || refused || !supported) return
    let failures = 0
    let last = 0
    let timer: ReturnType<typeof setTimeout>
    let subscription: { unsubscribe(): void } | undefined
    const again = () => {
      follow(false)
      failures++
      const ms = wait({ live: true, hidden: false, failures, retryAfter: 0, every: 0 }, Math.random())
      if (supported) timer = setTimeout(start, ms ?? 0)
    }
    const start = () => {
      subscription?.unsubscribe()
      subscription = client.subscription(RunChangedDocument, { after: cursor }).subscribe(({ data, error, hasNext }) => {
        if (error && !data) {
          const code = error.graphQLErrors[0]?.extensions?.code
          if (code === 'NOT_FOUND' || code === 'BAD_REQUEST') cursor = undefined
          if ([400, 405, 406, 415].includes(error.response?.status ?? 0)) supported = false
          if (String(code).startsWith('GRAPHQL_') || code === 'FORBIDDEN') supported = false // a gateway without subscriptions: the page polls
          return again()
        }
        const event = data?.syncRunChanged
        if (event) {
          failures = 0
          cursor = event.cursor
          if (!following) follow(true)
          const { sync } = event.run
          if (sync.health && ['FAILING', 'STUCK', 'LATE'].includes(sync.health.state) && now() - last > quiet) {
            last = now()
            say(`${nameOf(sync)} is ${stateMark(sync.health.state).word}`)
          }
        }
        if (!hasNext && !event) again()
      })
    }
    start()
    return () => {
      clearTimeout(timer)
      subscription?.unsubscribe()
      follow(false)
    }
  }, [view.live, hidden, refused])
  return said
}
