import { describe, expect, test } from 'vitest'
import { missed } from './missed'
import { skew, wait } from './policy'
import { moved, stay } from './steady'
import { clock, duration, floor, hour, iso, next, offsetName, relative, windowOf } from './time'
import { defaults, format, parse, type View } from './url'
import { change, outcomeMark, percent, short, summary } from './words'

describe('url', () => {
  const full: View = {
    range: '7d', from: '2026-11-20T03:00Z', to: '2026-11-21T03:00:00+05:45', tz: 'Asia/Kathmandu', live: false, state: ['FAILING', 'LATE'],
    dest: ['301', '302'], src: ['11'], q: 'leads & more', paused: '0', sort: 'p95', dir: 'asc', group: 'destination', cmp: false,
    at: '2026-11-20T03:00Z', tab: 'causes', outcome: ['FAILED'], code: 'A_B', bucket: '2026-11-20T04:00:00.000Z',
  }
  test.each([
    ['/', { name: 'overview' }], ['/timeline', { name: 'timeline' }], ['/failures', { name: 'failures' }],
    ['/syncs/52', { name: 'sync', id: '52' }], ['/runs/425000001', { name: 'run', id: '425000001' }],
  ] as const)('every parameter of %s comes back', (path, screen) => {
    const [at, search = ''] = format(screen, full).split('?')
    expect(at).toBe(path)
    expect(parse(at!, search)).toEqual({ screen, view: full, notices: [] })
    expect(format(screen, defaults)).toBe(path)
  })
  test('unknown parameters are dropped and listed', () => {
    const { view, notices } = parse('/', '?range=1y&state=FAILING,BROKEN&tz=Mars/Base&live=0&nothing=1&dest=x')
    expect(view).toEqual({ ...defaults, live: false })
    expect(notices).toEqual(['range=1y', 'state=FAILING,BROKEN', 'tz=Mars/Base', 'nothing=1', 'dest=x'])
  })
  test('a window that ends before it begins is dropped', () => {
    expect(parse('/', 'from=2026-11-20T03:00Z&to=2026-11-20T02:00Z')).toMatchObject({ view: { from: '', to: '' }, notices: [expect.any(String)] })
  })
  test('an unknown path is not found, and does not show the overview', () => {
    for (const path of ['/syncs', '/syncs/a', '/runs/1/2', '/other']) expect(parse(path, '').screen.name).toBe('lost')
  })
})

describe('time', () => {
  const at = Date.parse
  test('days begin at midnight of the zone, also when clocks change', () => {
    expect(iso(floor(at('2026-11-29T12:00:00Z'), 'DAY', 'Asia/Kathmandu'))).toBe('2026-11-28T18:15:00.000Z')
    expect(iso(floor(at('2026-11-29T12:00:00Z'), 'HOUR', 'America/St_Johns'))).toBe('2026-11-29T11:30:00.000Z')
    expect(iso(floor(at('2026-03-29T12:00:00Z'), 'DAY', 'Europe/Berlin'))).toBe('2026-03-28T23:00:00.000Z') // clocks go forward at 02:00
    expect(iso(floor(at('2026-10-25T12:00:00Z'), 'DAY', 'Europe/Berlin'))).toBe('2026-10-24T22:00:00.000Z') // and back at 03:00
    expect(iso(next(at('2026-10-24T22:00:00Z'), 'DAY', 'Europe/Berlin'))).toBe('2026-10-25T23:00:00.000Z')
    expect(iso(next(at('2026-03-28T23:00:00Z'), 'DAY', 'Europe/Berlin'))).toBe('2026-03-29T22:00:00.000Z')
  })
  test('a window begins with a whole bucket, and the previous period is as long', () => {
    const now = at('2026-11-29T12:34:56Z')
    const w = windowOf({ ...defaults, tz: 'UTC' }, now)
    expect([iso(w.since), w.before, w.bucket]).toEqual(['2026-11-28T12:00:00.000Z', null, 'HOUR'])
    expect(w.since - w.earlier).toBe(24.5 * hour)
    expect(windowOf({ ...defaults, tz: 'UTC' }, now + 3000)).toEqual(w)
    expect(windowOf({ ...defaults, tz: 'UTC', range: '7d' }, now).bucket).toBe('DAY')
  })
  test('times and durations as text', () => {
    const now = at('2026-11-29T12:34:56Z')
    expect(clock(now, 'Asia/Kathmandu', now)).toBe('18:19')
    expect(clock(at('2026-11-20T03:00:00Z'), 'UTC', now)).toBe('20 Nov, 03:00')
    expect(clock(at('2025-11-20T03:00:00Z'), 'UTC', now)).toBe('20 Nov 2025, 03:00')
    expect([now, at('2026-07-01T00:00:00Z')].map((t) => offsetName(t, 'Europe/Berlin'))).toEqual(['UTC+1', 'UTC+2'])
    expect([offsetName(now, 'Asia/Kathmandu'), offsetName(now, 'America/St_Johns'), offsetName(now, 'UTC')]).toEqual(['UTC+5:45', 'UTC−3:30', 'UTC'])
    expect([0.42, 9.96, 25.4, 250, 3600, 7500, 273600].map(duration)).toEqual(['0.4 s', '10 s', '25 s', '4 min 10 s', '1 h', '2 h 5 min', '3 d 4 h'])
    expect([1, 30_000, 119_000, 3 * hour, 72 * hour].map((d) => relative(now - d, now))).toEqual(['just now', '30 s ago', '1 min ago', '3 h ago', '3 days ago'])
    expect(relative(now + 2 * hour, now)).toBe('in 2 h')
  })
})

describe('words', () => {
  test('only exact shares are 0 % or 100 %', () => {
    expect([0, 0.0004, 0.054, 0.5, 0.962, 0.9996, 1].map(percent)).toEqual(['0 %', '< 0.1 %', '5.4 %', '50 %', '96.2 %', '> 99.9 %', '100 %'])
  })
  test('numbers', () => {
    expect([9876, 123_456, 999_600, 12_316_980].map(short)).toEqual(['9,876', '123 k', '1.00 M', '12.3 M'])
    expect([change(112, 100), change(5, 0), change(7, 7), change(300, 100), change(96, 100), change(1001, 1000)]).toEqual([
      '12 % more than before', 'none before', 'the same as before', '3 times as many as before', '4 % fewer than before', 'about as before'])
    expect(summary([{ outcome: 'SUCCEEDED', count: 2 }, { outcome: 'FAILED', count: 1 }, { outcome: 'SKIPPED', count: 0 }])).toBe('1 failed, 2 succeeded')
  })
  test('an unknown value is shown as its name', () => expect(outcomeMark('SENT_BACK')).toEqual({ look: 'mute', shape: 'query', word: 'sent back' }))
})

describe('policy', () => {
  const conditions = { live: true, hidden: false, failures: 0, retryAfter: 0, every: 60_000 }
  test('a hidden or paused page does not refresh', () => {
    expect(wait({ ...conditions, hidden: true }, 0.5)).toBeNull()
    expect(wait({ ...conditions, live: false, failures: 3 }, 0.5)).toBeNull()
    expect(wait(conditions, 0.5)).toBe(60_000)
  })
  test('each failure waits longer, and at least as long as the gateway says', () => {
    expect([1, 2, 3, 4, 5, 9].map((failures) => wait({ ...conditions, failures }, 0.5))).toEqual([5_000, 10_000, 30_000, 60_000, 120_000, 120_000])
    expect(wait({ ...conditions, failures: 1, retryAfter: 42_000 }, 0)).toBe(42_000)
  })
  test('small clock differences are ignored', () => {
    const now = Date.parse('2026-11-29T12:00:00Z')
    expect(skew('Sun, 29 Nov 2026 12:00:01 GMT', now)).toBe(0)
    expect(skew('Sun, 29 Nov 2026 12:10:00 GMT', now)).toBe(600_500)
    expect(skew(null, now)).toBe(0)
  })
})

describe('missed executions', () => {
  const at = (h: number) => h * hour
  const run = (from: number, to: number | null = from + 0.1) => ({ from: at(from), to: to === null ? null : at(to) })
  test.each([
    ['each has its run', [1, 2, 3], [run(3.01), run(2.02), run(1.01)], 9, []],
    ['one has none', [1, 2, 3], [run(3.01), run(1.01)], 9, [2]],
    ['the last, beyond the grace', [1, 2, 3], [run(2.01), run(1.01)], 4.01, [3]],
    ['the last, within the grace', [1, 2, 3], [run(2.01), run(1.01)], 4, []],
    ['a daily one has two hours', [0, 24], [run(0.01)], 26, []],
    ['no longer', [0, 24], [run(0.01)], 26.01, [24]],
    ['a run that came late', [0, 24], [run(25), run(0.01)], 30, []],
    ['a run was at work', [1, 2, 3], [run(3.01), run(1.01, 2.5)], 9, []],
    ['before the oldest run', [1, 2, 3], [run(3.01)], 9, []],
    ['no run at all', [1, 2], [], 9, [1, 2]],
  ])('%s', (_, due, runs, now, want) => expect(missed(due.map(at), runs.toSorted((a, b) => b.from - a.from), at(now))).toEqual(want.map(at)))
})

describe('a list in use', () => {
  const list = (text: string) => [...text]
  test.each([
    ['abcd', 'abcd', ''], ['abcd', 'bcda', 'a'], ['abcd', 'dabc', 'd'], ['abcd', 'abd', 'c'], ['abcd', 'dcba', 'abc'], ['', 'ab', ''], ['abcde', 'cabed', 'cd'],
  ])('from %s to %s', (held, next, want) => {
    const found = moved(list(held), list(next))
    expect(found).toHaveLength(want.length)
    expect(stay(list(held), list(next)).slice(0, held.length)).toEqual(list(held))
    const rest = list(held).filter((id) => !found.includes(id))
    expect(list(next).filter((id) => rest.includes(id))).toEqual(rest) // the items that do not move keep their order
  })
  test('new items are added at the end', () => expect(stay(list('abc'), list('xayb'))).toEqual(list('abcxy')))
})
