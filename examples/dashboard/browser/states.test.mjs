import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { accessible, EMPTY, FRAIL, KEY, KEYED, LARGE, open, PAGE, setFault, settled, STRICT } from './lib.mjs'

afterEach(() => setFault())
const refused = /Failed to load resource/ // the browser's message for any status above 399

test('an empty workspace shows a message', () => open(`${EMPTY}/`, {}, async (page) => {
  await page.getByText('No syncs yet').waitFor()
  await accessible(page, 'empty')
}))

test('a slow Census: a skeleton first, a text after 3 s', async () => {
  await open(`${PAGE}/`, { clock: true, setup: (page) => page.route('**/graphql', () => {}) }, async (page) => {
    await page.clock.fastForward(200)
    await page.locator('.skeleton i').first().waitFor()
    await page.clock.fastForward(3000)
    await page.getByText('Reading the syncs from Census').waitFor()
  })
})

test('a sync that cannot be read keeps its row', async () => {
  await setFault('unreadable')
  await open(`${STRICT}/`, {}, async (page) => {
    await page.getByText('1 of 48 syncs could not be read').waitFor()
    await page.locator('[role=row]', { hasText: 'could not be read' }).first().waitFor({ state: 'attached' })
    await accessible(page, 'one unreadable')
  })
})

test('Census is down at first: the page shows what failed, and a retry button', async () => {
  await setFault('down')
  await open(`${STRICT}/`, { expect: [refused] }, async (page) => {
    await page.getByText('The syncs could not be read').waitFor()
    await setFault()
    await page.getByRole('button', { name: 'Try again' }).first().click()
    await page.locator('.tile').first().waitFor()
  })
})

test('Census goes down: old data stay, marked as old', () => open(`${FRAIL}/`, {}, async (page) => {
  await settled(page)
  await setFault('down')
  await page.keyboard.press('r')
  await page.getByText('Census is not answering; data as of').waitFor()
  assert.equal(await page.locator('.tile b').first().textContent(), '1')
  await accessible(page, 'stale')
}))

test('the gateway is unreachable: old data stay, and the page retries', () => open(`${PAGE}/`, { clock: true, expect: [refused] }, async (page) => {
  await page.clock.fastForward(1000)
  await page.locator('.tile').first().waitFor()
  await page.context().setOffline(true)
  await page.keyboard.press('r')
  await page.getByText('Showing what was read at').first().waitFor()
  await page.locator('.tile').first().waitFor()
  await page.context().setOffline(false)
  for (let i = 0; i < 10 && (await page.getByText('Showing what was read at').count()); i++) {
    await page.clock.fastForward(60_000)
    await page.waitForTimeout(300)
  }
  assert.equal(await page.getByText('Showing what was read at').count(), 0)
}))

test('callers enter a key once; it is stored for this tab only', () => open(`${KEYED}/`, { expect: [refused] }, async (page, operations) => {
  await page.getByText('This gateway asks for an API key').waitFor()
  await page.waitForTimeout(500)
  assert.ok(operations.length <= 4, `${operations.length} requests without a key`)
  await accessible(page, 'asks for a key')
  await page.getByLabel('This gateway asks for').fill(KEY)
  await page.getByRole('button', { name: 'Use it' }).click()
  await page.locator('.tile').first().waitFor()
  assert.deepEqual(await page.evaluate(() => [localStorage.getItem('token'), sessionStorage.getItem('token')]), [null, KEY])
}))

test('hundreds of syncs: all are counted, few are in the document', () => open(`${LARGE}/`, {}, async (page, operations) => {
  await page.getByRole('heading', { name: 'All syncs 250' }).waitFor()
  await page.waitForFunction(() => document.querySelector('[role=table]').ariaRowCount === '251')
  assert.equal(operations.filter((name) => name === 'Rows').length, 3)
  assert.ok(await page.evaluate(() => document.querySelectorAll('*').length) <= 3000)
  for (let i = 0; i < 40; i++) await page.keyboard.press('j')
  assert.ok(await page.evaluate(() => document.activeElement.matches('[data-row]')))
}))

test('an unknown value of a later schema is shown as its name', () => open(`${PAGE}/`, {
  expect: [refused],
  setup: (page) => page.route('**/graphql', async (route) => {
    if (JSON.parse(route.request().postData()).operationName === 'RunChanged') return route.abort()
    const response = await route.fetch()
    await route.fulfill({ response, body: (await response.text()).replaceAll('"FAILED"', '"SENT_BACK"').replaceAll('"state":"STUCK"', '"state":"ASLEEP"') })
  }),
}, async (page) => {
  await settled(page)
  await page.getByText('sent back').first().waitFor({ state: 'attached' })
  await page.getByText('asleep').first().waitFor({ state: 'attached' })
}))
