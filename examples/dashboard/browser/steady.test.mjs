import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, operation, PAGE, settled, TIGHT } from './lib.mjs'

/** Modifies the gateway's answers to Rows. */
const changed = (page, change) => page.route('**/graphql', async (route) => {
  if (operation(route.request()) === 'RunChanged') return route.abort()
  if (operation(route.request()) !== 'Rows') return route.fallback()
  const response = await route.fetch()
  const body = await response.json()
  change(body.data.syncs.nodes)
  await route.fulfill({ response, json: body })
})

const order = (page) => page.locator('.grid a.row').evaluateAll((links) => links.slice(0, 6).map((a) => a.textContent))

test('rows do not move while a list is in use; changes wait for a click, or until the list is left', () => {
  let changesMade = 0
  return open(`${PAGE}/`, { clock: true, expect: [/Failed to load resource/], setup: (page) => changed(page, (nodes) => changesMade && nodes.splice(0, 3, ...nodes.slice(0, 3).toReversed())) }, async (page) => {
    await page.clock.fastForward(1000)
    await page.locator('.numbers').waitFor()
    const first = await order(page)
    const turned = [first[2], first[1], first[0], ...first.slice(3)]
    const refresh = async () => {
      changesMade++
      await page.keyboard.press('r')
      await page.clock.fastForward(100)
      await page.quiet()
    }
    await page.locator('.grid a.row').nth(1).hover()
    await refresh()
    assert.deepEqual(await order(page), first)
    await page.getByRole('button', { name: '2 changes – apply' }).click()
    assert.deepEqual(await order(page), turned)
    assert.equal(await page.locator('.waiting').count(), 0)

    changesMade = -1 // the first order again
    await page.locator('.grid a.row').nth(1).focus()
    await refresh()
    await page.clock.fastForward(30_000)
    assert.deepEqual(await order(page), turned, 'the focus is in the list')
    await page.evaluate(() => document.activeElement.blur())
    await page.clock.fastForward(11_000)
    await page.waitForFunction((name) => document.querySelector('.grid a.row').textContent === name, first[0])
    assert.equal(await page.locator('.waiting').count(), 0)
  })
})

test('a query that is too expensive is reported as such, not as a failure of the gateway', () => open(`${TIGHT}/`, { expect: [/Failed to load resource/] }, async (page) => {
  await page.getByText('The syncs could not be read: QUERY_TOO_EXPENSIVE').waitFor()
  assert.equal(await page.getByText('It is tried again by itself').count(), 0)
}))

test('a missed execution has an outline', () => open(`${PAGE}/timeline?range=24h`, {}, async (page) => {
  await settled(page)
  const late = page.locator('.lane', { hasText: 'Lapsed buyers' })
  await late.locator('.missed').first().waitFor({ state: 'attached' })
  assert.match(await late.locator('.track').getAttribute('aria-label'), /executions? missed/)
}))

test('the first paint has the chosen theme', () => open(`${PAGE}/`, {
  colorScheme: 'light',
  setup: async (page) => {
    await page.route('**/assets/index-*.js', (route) => new Promise((resume) => setTimeout(resume, 500)).then(() => route.continue()))
    await page.addInitScript(() => {
      localStorage.setItem('theme', 'dark')
      requestAnimationFrame(() => { globalThis.atFirst = document.documentElement.style.colorScheme })
    })
  },
}, async (page) => {
  await settled(page)
  assert.equal(await page.evaluate(() => globalThis.atFirst), 'dark')
}))
