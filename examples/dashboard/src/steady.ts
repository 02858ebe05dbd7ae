import { type RefObject, useEffect, useReducer, useRef, useState } from 'react'

const patience = 10_000

/** Whether somebody was at an element within 10 s, by the pointer, or has the focus in it. */
export function useBusy(at: RefObject<HTMLElement | null>) {
  const [busy, set] = useState(false)
  useEffect(() => {
    const element = at.current
    if (!element) return
    let timer = 0
    const look = () => {
      const held = document.hasFocus() && element.contains(document.activeElement)
      if (held) timer = window.setTimeout(look, patience)
      set(held)
    }
    const touch = () => {
      set(true)
      clearTimeout(timer)
      timer = window.setTimeout(look, patience)
    }
    const events = ['pointermove', 'pointerdown', 'wheel', 'focusin'] as const
    for (const event of events) element.addEventListener(event, touch, { passive: true })
    return () => {
      clearTimeout(timer)
      for (const event of events) element.removeEventListener(event, touch)
    }
  }, [at])
  return busy
}

/**
 * A list that stays as it is while somebody is at it. What is new comes at its end; what has moved or gone waits.
 * view is what the reader has chosen: with another one the list is another.
 */
export function useSteady(next: string[], view: string, busy: boolean) {
  const held = useRef({ ids: next, view })
  const [, again] = useReducer((n: number) => n + 1, 0)
  held.current = { ids: busy && held.current.view === view ? stay(held.current.ids, next) : next, view }
  const apply = () => {
    held.current = { ids: next, view }
    again()
  }
  return { ids: held.current.ids, waiting: moved(held.current.ids, next), apply }
}

/** The list as it was, and what is new. */
export const stay = (held: string[], next: string[]) => {
  const known = new Set(held)
  return [...held, ...next.filter((id) => !known.has(id))]
}

/** What has to move, or go, for one list to become another. */
export function moved(held: string[], next: string[]): string[] {
  const place = new Map(next.map((id, i) => [id, i]))
  const tails: number[] = [] // of the longest rising rows of places, by their length: the last of each in held
  const before: number[] = []
  held.forEach((id, i) => {
    const at = place.get(id)
    if (at === undefined) return
    let [low, high] = [0, tails.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (place.get(held[tails[middle]!]!)! < at) low = middle + 1
      else high = middle
    }
    before[i] = low ? tails[low - 1]! : -1
    tails[low] = i
  })
  const kept = new Set<number>()
  for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i]!) kept.add(i)
  return held.filter((_, i) => !kept.has(i))
}
