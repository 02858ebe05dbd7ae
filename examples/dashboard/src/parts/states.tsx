import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import type { CombinedError } from '@urql/core'
import { credentials, token, useLink } from '../gateway'
import { refresh, useNow } from '../live'
import { useHere } from '../nav'
import { clock, zoneOf } from '../time'

/** A skeleton of the layout after 150 ms, and a text after 3 s. */
export function Skeleton({ lines = 6, says }: { lines?: number; says: string }) {
  const [ms, set] = useState(0)
  useEffect(() => {
    const timers = [150, 3000].map((after) => setTimeout(() => set(after), after))
    return () => timers.forEach(clearTimeout)
  }, [])
  if (!ms) return <div className="skeleton" aria-hidden="true" />
  return (
    <div className="skeleton" role="status">
      {ms >= 3000 ? <p>{says}</p> : <span className="unseen">Loading</span>}
      {Array.from({ length: lines }, (_, i) => <i key={i} />)}
    </div>
  )
}

export const Empty = ({ children }: { children: ReactNode }) => <p className="empty">{children}</p>

/** Names the data that could not be read, with a button to retry. */
export function Trouble({ error, what }: { error: CombinedError | undefined; what: string }) {
  const { refused } = useLink()
  if (!error || refused) return null
  const codes = [...new Set(error.graphQLErrors.map((e) => String(e.extensions?.code ?? 'ERROR')))]
  return (
    <p className="banner bad" role="alert">
      {what} could not be read{codes.length ? `: ${codes.join(', ')}` : ''}. {error.graphQLErrors[0]?.message}{' '}
      <button type="button" onClick={refresh}>Try again</button>
    </p>
  )
}

/** The state of the connection to Census, above each screen. */
export function Banners() {
  const link = useLink()
  const now = useNow(link.failures ? 1000 : 10_000)
  const { view, notices } = useHere()
  const time = (at: number) => clock(at, zoneOf(view.tz), now)
  return (
    <>
      {link.refused && <Login />}
      {link.failures > 0 && !link.refused && (
        <p className="banner bad" role="alert">
          {link.trouble} {link.readAt ? `Showing what was read at ${time(link.readAt)}.` : `Since ${time(link.failedAt)}.`}{' '}
          {view.live && 'It is tried again by itself.'} <button type="button" onClick={refresh}>Try now</button>
        </p>
      )}
      {link.staleAsOf > 0 && <p className="banner warn" role="status">Census is not answering; data as of {time(link.staleAsOf)}.</p>}
      {notices.length > 0 && <p className="banner warn" role="status">Not known in this address, and ignored: {notices.join(', ')}</p>}
    </>
  )
}

function Login() {
  const { trouble } = useLink()
  const [text, set] = useState(token.get())
  const submit = (e: FormEvent) => {
    e.preventDefault()
    token.set(text.trim())
    refresh()
  }
  return (
    <form className="banner warn" onSubmit={submit}>
      <label>This gateway asks for {credentials || 'credentials'}: <input type="password" value={text} onChange={(e) => set(e.target.value)} autoComplete="off" spellCheck={false} /></label>{' '}
      <button type="submit">Use it</button> <span>Kept until this tab is closed. {token.get() && trouble}</span>
    </form>
  )
}
