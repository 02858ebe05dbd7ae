import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessible, open, PAGE, PICTURES, settled } from './lib.mjs'

/** The id of the newest failed run. */
async function run() {
  const response = await fetch(PAGE.replace('/dashboard', '/graphql'), {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ syncRuns(first: 1, filter: { outcomes: [FAILED] }) { nodes { databaseId } } }' }),
  })
  return (await response.json()).data.syncRuns.nodes[0].databaseId
}

const screens = { overview: '/', timeline: '/timeline', days: '/timeline?range=7d', sync: '/syncs/60', run: `/runs/${await run()}`, failures: '/failures?range=7d' }

for (const [name, path] of Object.entries(screens)) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${name}, ${colorScheme}`, () => open(PAGE + path, { colorScheme }, async (page) => {
      await settled(page)
      for (const width of [1440, 768, 360, 320]) {
        await page.setViewportSize({ width, height: 900 })
        await page.waitForTimeout(100)
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, 'scrolls sideways')
        assert.ok(await page.evaluate(() => document.querySelectorAll('*').length) <= 3000, 'too many elements')
        if (width === 1440 || width === 360) await accessible(page, `${name} ${colorScheme} ${width}`)
        await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}-${width}.png` })
      }
    }))
  }
}

test('outcomes keep their shapes with forced colors', () => open(`${PAGE}/`, { forcedColors: 'active' }, async (page) => {
  await settled(page)
  await page.screenshot({ path: `${PICTURES}/forced-colors.png` })
  const fills = await page.evaluate(() => ['good', 'bad'].map((look) => getComputedStyle(document.querySelector(`.mark.${look} .fill`)).fill))
  assert.equal(fills[0], fills[1]) // their colors are equal
  assert.notEqual(...await page.evaluate(() => ['good', 'bad'].map((look) => document.querySelector(`.mark.${look}`).innerHTML)))
}))

test('nothing is animated with reduced motion', () => open(`${PAGE}/`, {}, async (page) => {
  await settled(page)
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0)
}))

test('each chart can be shown as a table', () => open(`${PAGE}/syncs/60`, {}, async (page) => {
  await settled(page)
  await page.locator('.chart').first().waitFor()
  const buttons = page.getByRole('button', { name: 'Show as table' })
  while (await buttons.count()) await buttons.first().click()
  for (const chart of await page.locator('.chart').all()) assert.ok((await chart.locator('tbody tr').count()) > 10)
  await accessible(page, 'charts as tables')
}))

test('targets are at least 24 pixels wide and high, except links within a sentence', async () => {
  for (const path of [...Object.values(screens), '/syncs/60?tab=causes']) {
    await open(PAGE + path, { width: 360 }, async (page) => {
      await settled(page)
      const small = await page.evaluate(() => [...document.querySelectorAll('button, select, input:not([type=checkbox]), a:not(.skip, p a)')]
        .filter((e) => e.offsetParent && !e.closest('.columns')).map((e) => [e.textContent || e.id, e.getBoundingClientRect()]).filter(([, b]) => b.height < 24 || b.width < 24).map(([name]) => name))
      assert.deepEqual(small, [], path)
    })
  }
})
