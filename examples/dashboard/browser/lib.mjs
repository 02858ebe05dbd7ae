// Shared by the tests of the pages: the browser, its pages, and control of the simulated Census. See e2e/browser_test.go.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before } from 'node:test'
import { chromium } from 'playwright-core'

export const { PAGE, FRAIL, TIGHT, EMPTY, KEYED, LARGE, STRICT, GRAPHIQL, KEYED_GRAPHIQL, CONTROL, KEY, PICTURES } = process.env
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Sets the fault of the Census behind FRAIL and STRICT from now on; none by default. */
export async function setFault(fault = 'none') {
  const response = await fetch(`${CONTROL}/${fault}`)
  assert.equal(response.status, 200, fault)
}

/** The name of the operation in a request; undefined for other requests. */
export const operation = (request) => (request.method() === 'POST' && request.url().endsWith('/graphql') ? JSON.parse(request.postData()).operationName : undefined)

let browser
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
})
after(() => browser.close())

/** Opens an address and passes the page to a test. Afterwards the console may have only the expected messages. */
export async function open(url, { width = 1440, height = 900, expect = [], clock = false, setup, ...options } = {}, test) {
  const context = await browser.newContext({ viewport: { width, height }, timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const messages = []
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && messages.push(m.text()))
  page.on('pageerror', (e) => messages.push(String(e)))
  const operations = []
  const reading = new Set() // queries in progress, without the subscription, which has no end
  page.on('request', (r) => operation(r) && operation(r) !== 'RunChanged' && reading.add(r))
  for (const event of ['requestfinished', 'requestfailed']) page.on(event, (r) => reading.delete(r))
  page.quiet = async () => {
    for (let calm = 0; calm < 4; calm = reading.size ? 0 : calm + 1) await page.waitForTimeout(60)
  }
  page.on('request', (r) => operation(r) && operations.push(operation(r)))
  try {
    if (clock) await page.clock.install()
    await setup?.(page)
    await page.goto(url)
    await test(page, operations)
    assert.deepEqual(messages.filter((text) => !expect.some((e) => e.test(text))), [], url)
  } finally {
    await page.unrouteAll({ behavior: 'ignoreErrors' }) // pending answers are abandoned
    await context.close()
  }
}

/** Waits until the page shows all its data. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('.skeleton, .old') && document.querySelector('main').textContent.length > 80
    && (!document.querySelector('.tiles') || document.querySelector('.numbers')))
  await page.quiet()
}

/** Checks the page against WCAG 2.2 AA, as far as a program can. */
export async function accessible(page, what) {
  await page.evaluate(axe) // not as a script element, which the page's Content-Security-Policy blocks
  const found = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    return result.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.failureSummary?.split('\n')[1]?.trim()}`).join(' | ')}`)
  })
  assert.deepEqual(found, [], what)
}
