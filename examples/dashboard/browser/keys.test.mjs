import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessible, open, PAGE, settled } from './lib.mjs'

test('four keys lead from the overview to the error of a failing sync', () => open(`${PAGE}/`, {}, async (page) => {
  await settled(page)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/syncs\/\d+/)
  await page.locator('[data-row]').first().waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/runs\/\d+/)
  assert.match(await page.locator('.error h2').textContent(), /^[A-Z_]+$/)
  await page.locator('nav[aria-label="Runs beside this one"] a').first().waitFor()
  const here = page.url()
  await page.keyboard.press('[')
  await page.waitForFunction((url) => location.href !== url, here)
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.waitForURL(`${PAGE}/timeline`)
}))

test('keys choose the range, the zone and whether the page is live', () => open(`${PAGE}/`, {}, async (page) => {
  await settled(page)
  for (const key of ['4', 'l', 'z']) await page.keyboard.press(key)
  assert.equal(await page.evaluate('location.href'), `${PAGE}/?range=7d&tz=UTC&live=0`)
  await page.keyboard.press('/')
  await page.keyboard.type('j4')
  assert.equal(await page.locator('#search').inputValue(), 'j4') // in a field, keys type letters
}))

test('single keys can be switched off', () => open(`${PAGE}/`, {}, async (page) => {
  await settled(page)
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await accessible(page, 'help')
  await page.getByRole('checkbox', { name: 'Single keys' }).uncheck()
  await page.keyboard.press('Escape')
  await page.keyboard.press('4')
  assert.equal(await page.evaluate('location.href'), `${PAGE}/`)
}))

test('the timeline is one tab stop; arrows select a run, and Enter opens it', () => open(`${PAGE}/timeline`, {}, async (page) => {
  await settled(page)
  await page.locator('[role=grid]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowLeft')
  const name = await page.locator('#chosen').getAttribute('aria-label')
  assert.match(name, / → .*, (failed|partial|succeeded|skipped), /)
  assert.equal(await page.locator('[role=grid]').getAttribute('aria-activedescendant'), 'chosen')
  await page.locator('.tip').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.tip').waitFor({ state: 'detached' })
  await accessible(page, 'a chosen bar')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/runs\/\d+/)
}))

test('the bars are one tab stop; Enter on a bar lists its runs', () => open(`${PAGE}/`, {}, async (page) => {
  await settled(page)
  await page.locator('.columns button[tabindex="0"]').focus()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await page.waitForURL(/bucket=/)
  await page.locator('#bucket tbody tr').first().waitFor()
  await page.keyboard.press('Escape')
  await page.waitForURL(`${PAGE}/`)
}))

test('the header does not cover the focused row', () => open(`${PAGE}/`, { height: 500 }, async (page) => {
  await settled(page)
  for (let i = 0; i < 25; i++) await page.keyboard.press('j')
  for (let i = 0; i < 18; i++) await page.keyboard.press('k')
  const [top, header] = await page.evaluate(() => [document.activeElement.getBoundingClientRect().top, document.querySelector('header').getBoundingClientRect().bottom])
  assert.ok(top >= header, `${top} is above ${header}`)
}))
