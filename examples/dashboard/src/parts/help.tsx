import { type RefObject, useState } from 'react'

export const keysOn = () => localStorage.getItem('keys') !== 'off'

const keys: [string, string][] = [
  ['j k', 'next, previous row'], ['Enter', 'open the row'], ['[ ]', 'run before, run after'], ['/', 'search'], ['g o, g t, g f', 'overview, timeline, failures'], ['1 … 5', '3 h, 12 h, 24 h, 7 d, 30 d'],
  ['l', 'live or paused'], ['r', 'refresh'], ['z', 'UTC or local time'], ['c', 'copy the link'], ['o', 'open in Census'], ['?', 'this help'], ['Esc', 'close'],
]

export function Help({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  const [on, set] = useState(keysOn)
  return (
    <dialog ref={dialog} aria-label="Help">
      <h2>Keys</h2>
      <dl>{keys.map(([key, words]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{words}</dd></div>)}</dl>
      <p><label><input type="checkbox" checked={on} onChange={(e) => { localStorage.setItem('keys', e.target.checked ? 'on' : 'off'); set(e.target.checked) }} /> Single keys do something</label></p>
      <p>Everything that is chosen is in the address of the page: a copied link shows the same.</p>
      <form method="dialog"><button type="submit">Close</button></form>
    </dialog>
  )
}
