// Opens the pages of apollo and relay with the gateway at $GATEWAY, and pages in both directions:
//
//	GATEWAY=http://127.0.0.1:8080 CHROMIUM=/usr/bin/chromium node --test examples/pages.test.mjs
//
// Build both first, and the dashboard, whose browser driver this test uses.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const { chromium } = createRequire(new URL('dashboard/package.json', import.meta.url))('playwright-core')

for (const name of ['apollo', 'relay']) {
  test(name, async () => {
    const cwd = fileURLToPath(new URL(name, import.meta.url))
    const server = spawn('node', ['node_modules/vite/bin/vite.js', 'preview', '--host', '127.0.0.1', '--port', '0'], { cwd, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } })
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
    try {
      const url = await new Promise((found) => {
        let output = ''
        server.stdout.on('data', (text) => {
          const match = (output += text).match(/http:\/\/127\.0\.0\.1:\d+/)
          if (match) found(match[0])
        })
      })
      const page = await browser.newPage()
      const errors = []
      page.on('console', (m) => m.type() === 'error' && errors.push(m.text()))
      page.on('pageerror', (e) => errors.push(String(e)))
      await page.goto(url)
      const rows = page.locator('li')
      await rows.first().waitFor()
      assert.equal(await rows.count(), 5)
      const first = await rows.allTextContents()
      await page.getByRole('button', { name: 'Older' }).click()
      await page.waitForFunction(() => document.querySelectorAll('li').length > 5)
      assert.deepEqual((await rows.allTextContents()).slice(0, 5), first)
      const request = page.waitForRequest((r) => r.url().endsWith('/graphql') && JSON.parse(r.postData()).variables.before)
      await page.getByRole('button', { name: 'Newer' }).click()
      await (await (await request).response()).finished()
      await page.waitForFunction(() => document.querySelector('main').ariaBusy !== 'true')
      const all = await rows.allTextContents()
      const at = all.indexOf(first[0]) // runs may have ended meanwhile
      assert.deepEqual(all.slice(at, at + 5), first)
      assert.deepEqual(errors, [])
    } finally {
      server.kill()
      await browser.close()
    }
  })
}
