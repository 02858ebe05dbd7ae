import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, PAGE, settled } from './lib.mjs'

/** Requests and records the cost of each operation. */
function recordCosts(page, costs) {
  page.on('response', async (r) => {
    if (!r.url().endsWith('/graphql') || !r.headers()['content-type']?.includes('json')) return
    const answer = await r.json().catch(() => ({}))
    if (answer.extensions?.census) costs.push([JSON.parse(r.request().postData()).operationName, answer.extensions.census.calls, Number(r.headers()['content-length'])])
  })
  return page.route('**/graphql', (route) => route.continue({ headers: { ...route.request().headers(), 'x-census-cost': '1' } }))
}

/** Simulates a gateway without subscriptions, so that the page polls. */
const withoutSubscriptions = (page) => page.route('**/graphql', (route) => (JSON.parse(route.request().postData()).operationName === 'RunChanged'
  ? route.fulfill({ json: { errors: [{ message: 'no', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] } }) : route.fallback()))

const queries = (operations) => operations.filter((name) => name !== 'RunChanged')

test('the overview costs one call per sync and at most 6 more', async () => {
  const costs = []
  await open(`${PAGE}/`, { setup: (page) => recordCosts(page, costs) }, async (page, operations) => {
    await settled(page)
    assert.deepEqual(queries(operations), ['Rows', 'Summary'])
    const [, calls] = costs.find(([name]) => name === 'Rows')
    assert.ok(calls <= 48 + 6, `${calls} calls`)
    assert.ok(costs.reduce((n, [, , bytes]) => n + bytes, 0) <= 60 * 1024, 'more than 60 KiB')
  })
})

test('no screen sends more than two operations', async () => {
  for (const path of ['/timeline', '/timeline?range=7d', '/syncs/60', '/failures']) {
    await open(PAGE + path, {}, async (page, operations) => {
      await settled(page)
      assert.ok(queries(operations).length <= 2, `${path}: ${operations}`)
    })
  }
})

test('a live page refreshes after a minute, a paused one only on request, a hidden one never', () => open(`${PAGE}/`, { clock: true, setup: withoutSubscriptions }, async (page, operations) => {
  await page.clock.fastForward(1000)
  await page.locator('.numbers').waitFor()
  const hide = (hidden) => page.evaluate((h) => {
    Object.defineProperty(document, 'hidden', { value: h, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
  const after = async (ms) => {
    await page.waitForTimeout(300)
    const before = queries(operations).length
    await page.clock.fastForward(ms)
    await page.waitForTimeout(500)
    return queries(operations).slice(before)
  }
  const minute = await after(61_000)
  assert.equal(minute.filter((name) => name === 'Rows').length, 1)
  assert.ok(minute.length <= 2, String(minute)) // also the numbers, if their window has moved
  await hide(true)
  assert.deepEqual(await after(3_600_000), [])
  const before = queries(operations).length
  await hide(false)
  await page.waitForTimeout(500)
  assert.deepEqual(queries(operations).slice(before).toSorted(), ['Rows', 'Summary'])
  await page.keyboard.press('l')
  assert.deepEqual(await after(3_600_000), [])
  await page.keyboard.press('r')
  await page.waitForTimeout(500)
  assert.deepEqual(queries(operations).slice(-2).toSorted(), ['Rows', 'Summary'])
}))
