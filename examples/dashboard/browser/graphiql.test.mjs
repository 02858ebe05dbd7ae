// Uses GraphiQL of the built program as a person would, and checks the requests of the page.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GRAPHIQL, KEY, KEYED_GRAPHIQL, open, operation, PICTURES } from './lib.mjs'

const refused = /Failed to load resource/

/** Waits until a part of the page shows a text. Monaco shows spaces as no-break spaces. */
const shows = (page, selector, text) => page.waitForFunction(([s, t]) => [...document.querySelectorAll(s)].some((e) => e.innerText.replaceAll('\u00a0', ' ').includes(t)), [selector, text])
const editor = (page, text) => shows(page, '.graphiql-query-editor', text)
const result = (page, text) => shows(page, '.result-window', text)
const run = (page) => page.locator('.graphiql-execute-button').click()

/** Replaces the text of an editor, by keyboard. */
async function write(page, selector, text) {
  await page.locator(`${selector} textarea`).first().focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(text)
}

/** Opens a tab, and waits until GraphiQL has stored this. */
async function tab(page, i, name) {
  await page.locator('.graphiql-tab').nth(i).locator('button').first().click()
  await editor(page, `query ${name}`)
  await page.waitForFunction((n) => Object.keys(localStorage).some((key) => key.endsWith('graphiql:tabState') && JSON.parse(localStorage[key]).activeTabIndex === n), i)
}

/** Types the key, and waits for the schema. */
async function login(page, typed) {
  await page.locator('#credential').fill(typed)
  await page.waitForFunction((key) => JSON.stringify(sessionStorage).includes(key), KEY)
  await Promise.all([
    page.waitForResponse((r) => operation(r.request()) === 'IntrospectionQuery' && r.status() === 200).then((r) => r.finished()),
    page.locator('#credential').press('Enter'),
  ])
}

/** Runs the operation in the editor, and waits for an answer with data and without errors. */
async function answered(page, name) {
  const [answer] = await Promise.all([page.waitForResponse((r) => operation(r.request()) === name), run(page)])
  const { data, errors } = await answer.json()
  assert.deepEqual([answer.status(), errors, typeof data], [200, undefined, 'object'], name)
  await result(page, '"data"')
}

/** Opens a page that may send requests only below an address. */
const within = (here, path, options, f) => {
  const urls = []
  return open(here + path, { ...options, setup: (page) => {
    page.context().on('request', (r) => urls.push(r.url()))
    page.on('websocket', (s) => urls.push(s.url().replace(/^ws/, 'http')))
  } }, async (page) => {
    await f(page, urls)
    assert.deepEqual(urls.filter((url) => !url.startsWith(here) && !url.startsWith('data:')), [])
    assert.ok(urls.length > 10, `only ${urls.length} requests were seen`)
  })
}

test('a first visitor runs the examples, types a query and follows a subscription', () => within(`${GRAPHIQL}/`, 'graphql', { expect: [/Content Security Policy/, /Fetch API cannot load/] }, async (page, urls) => {
  await editor(page, 'query WhatIsFailingNow')
  assert.equal(new URL(page.url()).pathname, '/')
  assert.equal(await page.locator('#credentials').count(), 0, 'the page has a field for credentials, but callers need none')
  await page.locator('button[aria-label*="Documentation Explorer"]').click()
  await shows(page, '.graphiql-doc-explorer', 'Read-only')
  const examples = ['WhatIsFailingNow', 'WhatFailedSinceYesterday', 'HowDidLastWeekGo', 'OneSync', 'TheWholeWorkspace']
  assert.equal(await page.locator('.graphiql-tab').count(), examples.length)
  for (const [i, name] of examples.entries()) {
    await tab(page, i, name)
    await answered(page, name)
  }
  await tab(page, 1, 'WhatFailedSinceYesterday')
  const yesterday = await page.evaluate(() => new Date(new Date().setHours(0, 0, 0, 0) - 864e5).toISOString().slice(0, 10))
  await shows(page, '.graphiql-editor-tool', `"since": "${yesterday}T`)

  await page.locator('.graphiql-tab-add').click()
  await page.waitForFunction(() => document.querySelectorAll('.graphiql-tab').length === 6 && !document.querySelector('.graphiql-query-editor').innerText.includes('query'))
  await write(page, '.graphiql-query-editor', 'subscription Live { syncHealthChanged { sync { id } after { state } } }')
  await shows(page, '.graphiql-tab-active', 'Live')
  await run(page)
  await result(page, '"syncHealthChanged"')
  await run(page) // a second click stops it
  await write(page, '.graphiql-query-editor', 'query Typed { sync(id: "Sync:52") { label runs(first: 3) { nodes { id outcome } } } }')
  await shows(page, '.graphiql-tab-active', 'Typed')
  await page.locator('button[data-name="headers"]').click()
  await write(page, '.graphiql-editor-tool .graphiql-editor:not(.hidden)', '{ "Authorization": "Bearer s3cret" }')
  const [sent] = await Promise.all([page.waitForRequest((r) => operation(r) === 'Typed'), run(page)])
  assert.equal(await sent.headerValue('authorization'), 'Bearer s3cret')
  await result(page, '"label": "Accounts → Salesforce"')
  await result(page, '"id": "SyncRun:')
  await page.waitForFunction(() => JSON.stringify(localStorage).includes('query Typed') && !JSON.stringify(localStorage).includes('s3cret'))
  await page.locator('button[aria-label*="GraphiQL Explorer"]').click()
  await shows(page, '.graphiql-explorer-root', 'syncRunStats')
  await page.screenshot({ path: `${PICTURES}/page.png` })

  await page.waitForFunction(() => localStorage['census-gateway/graphiql:tabState'].includes('query Typed'))
  await page.goto(`${GRAPHIQL}/playground`)
  await editor(page, 'query Typed')
  assert.equal(await page.locator('.graphiql-tab').count(), 6)
  for (const path of ['/', '/graphql', '/playground']) assert.ok(urls.includes(GRAPHIQL + path), path)

  // The Content Security Policy blocks other origins, with a message on the console.
  const blocked = page.waitForEvent('console', (m) => m.text().includes('Content Security Policy'))
  await page.evaluate(() => fetch('http://127.0.0.1:1/').catch(() => {}))
  await blocked
  urls.splice(0, urls.length, ...urls.filter((url) => url !== 'http://127.0.0.1:1/'))
}))

test('the dates of the examples follow the day, unless they were edited', () => within(`${GRAPHIQL}/`, '', {}, async (page) => {
  await editor(page, 'query WhatIsFailingNow')
  await tab(page, 2, 'HowDidLastWeekGo')
  await page.addInitScript(() => { // before the page reads them
    for (const key of ['census-gateway/examples', 'census-gateway/graphiql:tabState']) localStorage[key] = localStorage[key].replaceAll(/20\d\d-\d\d-\d\dT/g, '2020-01-01T')
    localStorage['census-gateway/graphiql:tabState'] = localStorage['census-gateway/graphiql:tabState'].replace('2020-01-01T', '2021-01-01T')
  })
  await page.reload()
  await editor(page, 'query HowDidLastWeekGo')
  await page.waitForFunction(() => {
    const { tabs } = JSON.parse(localStorage['census-gateway/graphiql:tabState'])
    return tabs.length === 5 && tabs[1].variables.includes('"2021-01-01T') && tabs[2].variables.includes('"since"') && !tabs[2].variables.includes('2020-01-01T')
  })
}))

test('behind a prefix and with credentials: a caller types a key once, for this tab of the browser', () => within(KEYED_GRAPHIQL, 'graphql', { expect: [refused] }, async (page) => {
  const tokens = []
  page.on('request', async (r) => operation(r) && tokens.push(r.headers().authorization))
  await editor(page, 'query WhatIsFailingNow')
  assert.equal(new URL(page.url()).pathname, '/census/')
  await shows(page, '#credentials', 'Accepted: an API key.')
  assert.deepEqual(tokens, [], 'requests without credentials')
  await page.locator('#credential').fill('wrong')
  await run(page)
  await result(page, 'UNAUTHENTICATED')
  await login(page, `Bearer ${KEY} `)
  await page.locator('button[aria-label*="Documentation Explorer"]').click()
  await shows(page, '.graphiql-doc-explorer', 'Query')
  for (const [i, name] of [[1, 'WhatFailedSinceYesterday'], [0, 'WhatIsFailingNow']]) {
    await tab(page, i, name)
    await answered(page, name)
  }
  await page.reload()
  await page.waitForFunction((key) => document.querySelector('#credential')?.value.includes(key), KEY)
  await shows(page, '.graphiql-doc-explorer', 'Query')
  await page.waitForFunction((key) => JSON.stringify(sessionStorage).includes(key) && !JSON.stringify(localStorage).includes(key), KEY)

  await page.locator('#credential').fill('')
  await page.locator('button[data-name="variables"]').click()
  await page.locator('button[data-name="headers"]').click()
  await write(page, '.graphiql-editor-tool .graphiql-editor:not(.hidden)', '{ "authorization": "Bearer own" }')
  await page.locator('#credential').fill(KEY)
  await run(page)
  await result(page, 'UNAUTHENTICATED')
  assert.ok(tokens.includes('Bearer wrong') && tokens.at(-1) === 'Bearer own', String(tokens)) // a tab's own header has precedence
}))

test('a late refusal of earlier credentials does not hide the schema', () => within(KEYED_GRAPHIQL, 'graphql', { expect: [refused] }, async (page) => {
  let refuse
  const held = new Promise((resolve) => { refuse = resolve })
  const wrong = (request) => operation(request) === 'IntrospectionQuery' && request.headers().authorization === 'Bearer wrong'
  const tries = [] // GraphiQL tries a second query if the first fails
  await page.route((url) => url.pathname.endsWith('/graphql'), async (route) => {
    if (wrong(route.request()) && tries.push(route.request()) === 2) await held
    await route.continue()
  })
  await editor(page, 'query WhatIsFailingNow')
  await page.locator('#credential').fill('wrong')
  await page.locator('#credential').press('Enter')
  for (let i = 0; tries.length < 2 && i < 1000; i++) await page.waitForTimeout(20)
  await login(page, KEY)
  await page.locator('button[aria-label*="Documentation Explorer"]').click()
  await shows(page, '.graphiql-doc-explorer', 'Query')
  await Promise.all([page.waitForResponse((r) => r.request() === tries[1] && r.status() === 401), refuse()])
  await page.quiet()
  assert.match(await page.locator('.graphiql-doc-explorer').innerText(), /Query/)
}))

for (const colorScheme of ['light', 'dark']) {
  for (const width of [390, 1440]) {
    test(`at ${width} pixels, ${colorScheme}: the parts are in one column on a phone`, () => within(KEYED_GRAPHIQL, '', { colorScheme, width, expect: [refused] }, async (page) => {
      const picture = (what) => page.screenshot({ path: `${PICTURES}/graphiql-${colorScheme}-${width}${what}.png` })
      await editor(page, 'query WhatIsFailingNow')
      await picture('-first')
      await login(page, KEY)
      await run(page)
      await result(page, '"healthCounts"')
      await picture('')
      const stacked = await page.evaluate(() => {
        const box = (s) => document.querySelector(s).getBoundingClientRect()
        const query = box('.graphiql-query-editor .graphiql-editor')
        return box('.graphiql-response').top >= box('.graphiql-editor-tool').bottom && box('.graphiql-response').height > 300
          && query.width > 250 && query.height > 200 && box('.graphiql-execute-button').right <= innerWidth && box('#credential').width > 250
      })
      assert.equal(stacked, width === 390)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the screen')
      await page.locator('button[aria-label*="Documentation Explorer"]').click()
      await shows(page, '.graphiql-doc-explorer', 'Read-only')
      await page.evaluate(() => scrollTo(0, 0))
      await picture('-docs')
    }))
  }
}
