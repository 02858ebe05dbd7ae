import { type RefObject, useEffect, useReducer, useRef, useState } from 'react'

const patience = 10_000

/** Whether the pointer was used on an element within 10 s, or the focus is inside it. */
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
 * A list that keeps its order while it is in use. New items are added at the end; moves and removals wait.
 * view is the user's filter and order: when it changes, the list changes at once.
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

/** The held list, followed by the new items. */
export const stay = (held: string[], next: string[]) => {
  const known = new Set(held)
  return [...held, ...next.filter((id) => !known.has(id))]
}

/** The items that must move or be removed to turn one list into the other. */
export function moved(held: string[], next: string[]): string[] {
  const place = new Map(next.map((id, i) => [id, i]))
  const tails: number[] = [] // longest increasing subsequences by their length: the index of the last item of each in held
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
