import type { TypedDocumentNode } from '@urql/core'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { CombinedError } from '@urql/core'
import { client, currentLink, useLink } from './gateway'
import { useHere } from './nav'
import { wait } from './policy'

// Pages that are read less than this ago are not read again: the gateway would answer from the same ones.
const freshness = 5_000

const refreshes = new Set<() => void>()
/** Reads all that is on the screen again. */
export const refresh = () => refreshes.forEach((f) => f())

/** Calls read again as the policy says. read must not change with each render. */
export function useSchedule(read: () => void, every: number) {
  const { view } = useHere()
  const { failures, retryAfter, readAt, refused } = useLink()
  const [hidden, setHidden] = useState(document.hidden)
  const last = useRef(Date.now())
  const again = useCallback(() => {
    last.current = Date.now()
    read()
  }, [read])
  useEffect(() => {
    refreshes.add(again)
    return () => void refreshes.delete(again)
  }, [again])
  useEffect(() => {
    const look = () => {
      setHidden(document.hidden)
      if (!document.hidden && view.live && Date.now() - last.current > freshness) again()
    }
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [again, view.live])
  useEffect(() => {
    if (refused) return
    const ms = wait({ live: view.live, hidden, failures, retryAfter, every }, Math.random())
    if (ms === null) return
    const timer = setTimeout(again, Math.max(0, ms - (failures ? 0 : Date.now() - last.current)))
    return () => clearTimeout(timer)
  }, [again, every, view.live, hidden, failures, retryAfter, readAt, refused])
}

export type Result<T> = { data?: T; error?: CombinedError; loading: boolean; old: boolean }

/** Runs a query, keeps it fresh, and follows what else arrives for the same objects. old: data are of other variables. */
export function useLive<T, V extends object>(document: TypedDocumentNode<T, V>, variables: V, every: number, skip = false): Result<T> {
  const key = JSON.stringify(variables)
  const [state, set] = useState<Result<T> & { key: string }>({ loading: true, old: false, key })
  const subscription = useRef<{ unsubscribe(): void }>(null)
  const read = useCallback(() => {
    if (skip) return
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
  useSchedule(read, every)
  return { ...state, old: state.key !== key }
}

/** The gateway's clock, told again at each period and with each answer. */
export function useNow(period = 10_000) {
  const [, tick] = useState(0)
  const { skew } = useLink()
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && tick((n) => n + 1), period)
    return () => clearInterval(timer)
  }, [period])
  return Date.now() + skew
}

export const isRefused = () => currentLink().refused
