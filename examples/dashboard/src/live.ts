import type { TypedDocumentNode } from '@urql/core'
import { type RefObject, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { CombinedError } from '@urql/core'
import { client, now, useLink } from './gateway'
import { useHere } from './nav'
import { wait } from './policy'

// Data read less than this ago (ms) are not read again: the gateway would answer from its cache.
const freshness = 5_000
// Milliseconds until queries have noticed a changed window.
const settling = 50

const readers = new Set<(since: number) => void>()
let moment = now()
const listeners = new Set<() => void>()
function setMoment() {
  moment = now()
  listeners.forEach((f) => f())
}

/**
 * Reads all data of the screen again, for a window that ends now. Queries that the new window has already sent are not
 * repeated.
 */
export function refresh() {
  const since = Date.now()
  setMoment()
  setTimeout(() => readers.forEach((f) => f(since)), settling)
}

/** The time at which windows end. It advances each minute while the page is live and visible, and with each refresh. */
export function useMoment() {
  const { view } = useHere()
  useEffect(() => {
    if (!view.live) return
    const tick = () => !document.hidden && setMoment()
    const timer = setInterval(tick, 60_000)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [view.live])
  return useSyncExternalStore((f) => (listeners.add(f), () => void listeners.delete(f)), () => moment)
}

/** Calls read again according to the policy. read must be stable between renders, and must store the time of its call in last. */
export function useSchedule(read: () => void, every: number, last: RefObject<number>) {
  const { view } = useHere()
  const { failures, retryAfter, readAt, refused } = useLink()
  const [hidden, setHidden] = useState(document.hidden)
  const back = useRef(0) // when the tab became visible again; 0: data were read since
  const again = useCallback((since: number) => void (last.current < since && read()), [read, last])
  useEffect(() => {
    const look = () => {
      setHidden(document.hidden)
      back.current = !document.hidden && Date.now() - last.current > freshness ? Date.now() : 0
    }
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [last])
  useEffect(() => {
    readers.add(again)
    return () => void readers.delete(again)
  }, [again])
  useEffect(() => {
    if (refused) return
    const ms = wait({ live: view.live, hidden, failures, retryAfter, every }, Math.random())
    if (ms === null) return
    const since = back.current || Date.now()
    const due = back.current ? settling : Math.max(0, ms - (failures ? 0 : Date.now() - last.current))
    const timer = setTimeout(() => {
      back.current = 0
      again(since)
    }, due)
    return () => clearTimeout(timer)
  }, [again, every, view.live, hidden, failures, retryAfter, readAt, refused])
}

export type Result<T> = { data?: T; error?: CombinedError; loading: boolean; old: boolean }

/** Runs a query, refreshes it, and shows other updates of the same objects. old: the data are of previous variables. */
export function useLive<T, V extends object>(document: TypedDocumentNode<T, V>, variables: V, every: number, skip = false): Result<T> {
  const key = JSON.stringify(variables)
  const [state, set] = useState<Result<T> & { key: string }>({ loading: true, old: false, key })
  const subscription = useRef<{ unsubscribe(): void }>(null)
  const last = useRef(0)
  const read = useCallback(() => {
    if (skip) return
    last.current = Date.now()
    subscription.current?.unsubscribe()
    set((s) => ({ ...s, loading: true }))
    subscription.current = client
      .query(document, JSON.parse(key) as V, { requestPolicy: 'cache-and-network' })
      .subscribe((r) => set((s) => ({ data: r.data ?? s.data, error: r.error, loading: r.stale, old: r.data ? false : s.old, key: r.data ? key : s.key })))
  }, [document, key, skip])
  useEffect(() => {
    read()
    return () => subscription.current?.unsubscribe()
  }, [read])
  useSchedule(read, every, last)
  return { ...state, old: state.key !== key }
}

/** The gateway's time, updated after each period and with each answer. */
export function useNow(period = 10_000) {
  const [, tick] = useState(0)
  const { skew } = useLink()
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && tick((n) => n + 1), period)
    return () => clearInterval(timer)
  }, [period])
  return Date.now() + skew
}
