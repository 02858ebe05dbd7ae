// What the tests of the pages share: a browser, pages in it, and the Census behind them. See e2e/browser_test.go.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before } from 'node:test'
import { chromium } from 'playwright-core'

export const { PAGE, FRAIL, TIGHT, EMPTY, KEYED, LARGE, STRICT, GRAPHIQL, KEYED_GRAPHIQL, CONTROL, KEY, PICTURES } = process.env
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What befalls the Census of FRAIL and STRICT from now on. */
export async function census(what = 'none') {
  const response = await fetch(`${CONTROL}/${what}`)
  assert.equal(response.status, 200, what)
}

/** The operation that a request asks for; undefined if it is no query. */
export const operation = (request) => (request.method() === 'POST' && request.url().endsWith('/graphql') ? JSON.parse(request.postData()).operationName : undefined)

let browser
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
})
after(() => browser.close())

/** Opens an address and gives the page to a test; then nothing may have been said on the console that was not expected. */
export async function open(url, { width = 1440, height = 900, expect = [], clock = false, setup, ...options } = {}, test) {
  const context = await browser.newContext({ viewport: { width, height }, timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const said = []
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && said.push(m.text()))
  page.on('pageerror', (e) => said.push(String(e)))
  const asked = []
  const reading = new Set() // queries under way, without the subscription, which has no end
  page.on('request', (r) => operation(r) && operation(r) !== 'RunChanged' && reading.add(r))
  for (const event of ['requestfinished', 'requestfailed']) page.on(event, (r) => reading.delete(r))
  page.quiet = async () => {
    for (let calm = 0; calm < 4; calm = reading.size ? 0 : calm + 1) await page.waitForTimeout(60)
  }
  page.on('request', (r) => operation(r) && asked.push(operation(r)))
  try {
    if (clock) await page.clock.install()
    await setup?.(page)
    await page.goto(url)
    await test(page, asked)
    assert.deepEqual(said.filter((text) => !expect.some((e) => e.test(text))), [], url)
  } finally {
    await page.unrouteAll({ behavior: 'ignoreErrors' }) // answers under way need not arrive
    await context.close()
  }
}

/** Waits until what is shown is what was read. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('.skeleton, .old') && document.querySelector('main').textContent.length > 80
    && (!document.querySelector('.tiles') || document.querySelector('.numbers')))
  await page.quiet()
}

/** Holds the page against WCAG 2.2 AA, as far as a program can. */
export async function accessible(page, what) {
  await page.evaluate(axe) // not by a script element, which the page's policy forbids
  const found = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    return result.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.failureSummary?.split('\n')[1]?.trim()}`).join(' | ')}`)
  })
  assert.deepEqual(found, [], what)
}
