// Measures the page over many syncs against its budgets: npm run measure -- http://127.0.0.1:8080/dashboard
// The exit status is 1 if a size exceeds its budget. Times and calls depend on the machine and are only reported.
import { chromium } from 'playwright-core'

const url = process.argv[2]
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-precise-memory-info', '--js-flags=--expose-gc'] })
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
await page.addInitScript(() => {
  globalThis.slowest = 0
  new PerformanceObserver((list) => list.getEntries().forEach((e) => e.interactionId && (globalThis.slowest = Math.max(globalThis.slowest, e.duration)))).observe({ type: 'event', durationThreshold: 16, buffered: true })
})
await page.route('**/graphql', (route) => route.continue({ headers: { ...route.request().headers(), 'x-census-cost': '1' } }))
const sent = { js: 0, css: 0, answers: 0 }
let calls = 0 // calls to Census for Rows, since the last reset
const reading = new Set()
page.on('response', (response) => {
  const operationName = response.url().endsWith('/graphql') ? JSON.parse(response.request().postData()).operationName : ''
  if (operationName === 'RunChanged') return // a subscription has no end
  const done = (async () => {
    const { responseBodySize: size } = await response.request().sizes()
    const kind = response.url().match(/\/assets\/.*\.(js|css)$/)?.[1]
    if (kind) sent[kind] += size
    if (operationName) sent.answers += size
    if (operationName === 'Rows') calls += (await response.json()).extensions?.census?.calls ?? 0
  })().catch(() => {}).finally(() => reading.delete(done))
  reading.add(done)
})

/** Waits until all requests are answered, and no request was sent for a second. */
let pending = 0
page.on('request', (r) => r.url().endsWith('/graphql') && JSON.parse(r.postData()).operationName !== 'RunChanged' && (pending++, r.response().then((a) => a?.finished()).finally(() => pending--).catch(() => {})))
async function quiet() {
  for (let calm = 0; calm < 10; calm = pending || reading.size ? 0 : calm + 1) await page.waitForTimeout(100)
}

let failed = false
const report = (what, value, unit, most, binds) => {
  failed ||= binds && !(value <= most)
  console.log(`${what.padEnd(44)} ${String(Math.round(value)).padStart(7)} ${unit.padEnd(6)}${most ? ` of ${most}${value <= most ? '' : binds ? '  TOO MUCH' : '  more'}` : ''}`)
}

const first = async () => {
  const began = Date.now()
  await page.goto(url)
  await page.waitForSelector('.grid [role=row][data-index]')
  const rows = Date.now() - began
  await page.waitForSelector('.numbers', { timeout: 60_000 })
  await quiet()
  return rows
}
const cold = await first()
const syncs = Number(await page.evaluate(() => document.querySelector('[role=table]').ariaRowCount)) - 1
console.log(`${syncs} syncs at ${url}`)
report('JavaScript at first, sent', sent.js / 1024, 'KiB', 150, true)
report('CSS, sent', sent.css / 1024, 'KiB', 15, true)
report('answers of the overview, sent', sent.answers / 1024, 'KiB')
report('first rows, nothing read yet', cold, 'ms', 3000)
report('first rows again', await first(), 'ms', 1000)
report('elements', await page.evaluate(() => document.querySelectorAll('*').length), '', 3000, true)

await page.waitForTimeout(6000) // cached data are no longer fresh
await quiet()
calls = 0
await page.keyboard.press('r')
await quiet()
report('calls to Census for a refresh of the rows', calls, 'calls', syncs + 6 * Math.ceil(syncs / 100)) // more if reading takes longer than data stay fresh

await page.locator('#search').click()
await page.keyboard.type('sync', { delay: 80 })
for (let i = 0; i < 4; i++) await page.keyboard.press('Backspace')
await page.locator('.tile').first().click()
await page.locator('.tile').first().click()
await page.getByRole('button', { name: 'Sync', exact: true }).click()
for (let i = 0; i < 10; i++) await page.keyboard.press('j')
await page.waitForTimeout(500)
report('slowest interaction', await page.evaluate(() => globalThis.slowest), 'ms', 200)
const heap = () => page.evaluate(() => (gc(), performance.memory.usedJSHeapSize / 2 ** 20))
const before = await heap()
for (let i = 0; i < 10; i++) {
  await page.keyboard.press('Escape')
  await page.keyboard.press('r')
  await page.waitForTimeout(700)
}
report('memory', before, 'MiB', 150)
report('memory after ten refreshes', await heap(), 'MiB', 150)
if (process.env.DAY) { // it answers after a simulated day of runs
  let changes = 0
  await page.exposeFunction('changed', () => { changes++ })
  await page.evaluate(() => new MutationObserver(() => changed()).observe(document.querySelector('main') ?? document.body, { subtree: true, childList: true, characterData: true }))
  await fetch(process.env.DAY)
  await page.waitForTimeout(5000)
  report('updates of the page in a day of live events', changes, '')
  report('memory after a day of live events', await heap(), 'MiB', 150, true)
  report('elements after it', await page.evaluate(() => document.querySelectorAll('*').length), '', 3000, true)
}
await browser.close()
process.exit(failed ? 1 : 0)
