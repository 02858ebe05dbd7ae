import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, PAGE, settled } from './lib.mjs'

const rows = (page) => page.locator('[role=table] [role=row][data-index]')

// Each parameter: an address that has it, and an element that shows it.
const seen = {
  '/?range=7d': (page) => page.locator('button[aria-pressed=true]', { hasText: '7d' }),
  '/?from=2026-11-20T03:00Z&to=2026-11-21T03:00Z': (page) => page.getByRole('button', { name: 'custom' }),
  '/?tz=Asia/Kathmandu': (page) => page.locator('.zone select:has(option:checked:text("UTC+5:45"))'),
  '/?live=0': (page) => page.getByRole('button', { name: 'Paused', exact: true }),
  '/?state=FAILING,LATE': (page) => page.locator('.tile[aria-pressed=true]', { hasText: 'late' }),
  '/?q=salesforce': (page) => page.locator('#search'),
  '/?paused=1': (page) => page.locator('[role=row]', { hasText: 'paused' }).first(),
  '/?sort=label&dir=desc': (page) => page.locator('[aria-sort=descending]', { hasText: 'Sync' }),
  '/?sort=p95': (page) => page.locator('[aria-sort=descending]', { hasText: 'Took' }),
  '/?group=destination': (page) => page.locator('[role=row].group').first(),
  '/syncs/60?tab=causes': (page) => page.getByRole('heading', { name: 'Causes of 30 days' }),
  '/syncs/60?outcome=FAILED': (page) => page.locator('.runs tbody tr').first(),
  '/failures?outcome=FAILED,PARTIAL&code=JSON_ARRAY_ERROR': (page) => page.getByRole('heading', { name: 'Runs with JSON_ARRAY_ERROR' }),
}
for (const [path, shown] of Object.entries(seen)) {
  test(`${path} can be opened directly, and stays the address`, () => open(PAGE + path, {}, async (page) => {
    await settled(page)
    await shown(page).waitFor({ state: 'attached' })
    assert.equal(await page.evaluate('location.href'), PAGE + path)
  }))
}

test('filters select rows, and change the address', () => open(`${PAGE}/?state=FAILING,STUCK`, {}, async (page) => {
  await settled(page)
  for (const text of await rows(page).allTextContents()) assert.match(text, /^(failing|stuck)/)
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  assert.equal(await page.evaluate('location.href'), `${PAGE}/`)
  await page.locator('#search').fill('zzz')
  assert.equal(await page.evaluate('location.href'), `${PAGE}/?q=zzz`)
  await page.getByText('No sync matches.').waitFor()
}))

test('a date far back opens that part of the history, with pages in both directions', async () => {
  const at = new Date(Date.now() - 40 * 86400e3).toISOString().slice(0, 17) + '00Z'
  await open(`${PAGE}/syncs/60?at=${at}`, {}, async (page) => {
    await settled(page)
    const times = () => page.locator('.runs time').evaluateAll((all) => all.map((t) => t.dateTime))
    const first = await times()
    assert.ok(first.length > 5 && first.every((t) => t < at), String(first[0]))
    await page.getByRole('button', { name: 'Newer' }).click()
    await page.waitForFunction((n) => document.querySelectorAll('.runs time').length > n, first.length)
    const both = await times()
    assert.ok(both[0] > at && new Set(both).size === both.length)
    assert.deepEqual(both, both.toSorted().reverse(), 'newest first, without a gap or a repetition')
    await page.getByRole('button', { name: 'Older' }).click()
    await page.waitForFunction((n) => document.querySelectorAll('.runs time').length > n, both.length)
    assert.ok((await times()).at(-1) < both.at(-1))
  })
})

test('Back and Forward restore the view', () => open(`${PAGE}/?q=google`, {}, async (page) => {
  await settled(page)
  await page.getByRole('button', { name: '7d' }).click()
  await rows(page).getByRole('link').first().click()
  await page.waitForURL(/\/syncs\/\d+\?range=7d&q=google$/)
  await page.goBack()
  await page.waitForURL(`${PAGE}/?range=7d&q=google`)
  await page.goBack()
  await page.waitForURL(`${PAGE}/?q=google`)
  assert.equal(await page.locator('#search').inputValue(), 'google')
  await page.goForward()
  await page.waitForURL(`${PAGE}/?range=7d&q=google`)
}))

test('unknown parameters are listed and ignored', () => open(`${PAGE}/?range=1y&state=BROKEN`, {}, async (page) => {
  await page.getByText('ignored: range=1y, state=BROKEN').waitFor()
  await settled(page)
  await open(`${PAGE}/nothing/here`, {}, (other) => other.getByText('is not an address of this page').waitFor())
}))

test('hours and days are those of the zone, also when clocks change', async () => {
  for (const timezoneId of ['Asia/Kathmandu', 'America/St_Johns', 'UTC']) {
    await open(`${PAGE}/`, { timezoneId }, async (page) => {
      await settled(page)
      for (const tick of await page.locator('.tick').allTextContents()) assert.match(tick, /^$|:00$/, timezoneId)
    })
  }
  // Clocks in Berlin went back on 25 October 2026: that day has 25 hours.
  await open(`${PAGE}/?from=2026-10-24T22:00:00Z&to=2026-10-25T23:00:00Z&tz=Europe/Berlin`, {}, async (page) => {
    await settled(page)
    assert.equal(await page.locator('.columns button').count(), 25)
  })
})
