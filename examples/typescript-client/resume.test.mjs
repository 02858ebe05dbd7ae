// Follows runs, is killed and cut off, and misses nothing:
//
//	GATEWAY=http://127.0.0.1:8080/graphql CENSUS=http://127.0.0.1:8081/api/v1 node --test resume.test.mjs
//
// CENSUS is the REST API of the simulated Census (GATEWAY_SIM_ADDR), which starts runs.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const { GATEWAY, CENSUS } = process.env
assert.ok(GATEWAY && CENSUS, 'GATEWAY and CENSUS name what to ask')
const dir = mkdtempSync(join(tmpdir(), 'follow-'))
after(() => rmSync(dir, { recursive: true }))

/** A way to the gateway that can be cut. */
const sockets = new Set()
let open = true
const way = net.createServer((caller) => {
  if (!open) return caller.destroy()
  const { hostname, port } = new URL(GATEWAY)
  const gateway = net.connect(Number(port), hostname)
  for (const [from, to] of [[caller, gateway], [gateway, caller]]) {
    sockets.add(from)
    from.on('error', () => {}).on('close', () => (sockets.delete(from), to.destroy()))
    from.pipe(to)
  }
})
const cut = () => {
  open = false
  for (const socket of sockets) socket.destroy()
}
await new Promise((ready) => way.listen(0, '127.0.0.1', ready))
after(() => (cut(), way.close()))

let seen = '' // by all processes
let child
after(() => child.kill())
function follow() {
  child = spawn('node', ['dist/follow.js', `http://127.0.0.1:${way.address().port}/graphql`, join(dir, 'cursor.txt')], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.on('data', (text) => (seen += text))
}
const told = (run) => new RegExp(`^${run} `, 'm').test(seen)
async function until(what, condition) {
  for (const over = Date.now() + 90_000; !condition(); await new Promise((resume) => setTimeout(resume, 50))) assert.ok(Date.now() < over, `${what}; seen:\n${seen}`)
}

/** Runs that begin and end now, one of each sync; their ids. Comes back when nobody tells of them who has only just begun to look. */
async function pass(...syncs) {
  const call = async (path) => (await fetch(`${CENSUS}/${path}`, { method: 'POST' })).json()
  const runs = await Promise.all(syncs.map(async (id) => (await call(`syncs/${id}/trigger`)).data.sync_run_id))
  await Promise.all(runs.map((id) => call(`sync_runs/${id}/cancel`)))
  await new Promise((resume) => setTimeout(resume, 8000))
  return runs
}

async function createdSince(since) {
  const query = 'query ($since: DateTime!) { syncRuns(filter: { createdSince: $since }, first: 100) { nodes { databaseId } } }'
  const response = await fetch(GATEWAY, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables: { since } }) })
  return (await response.json()).data.syncRuns.nodes.map((run) => run.databaseId)
}

test('a follower that is killed and cut off misses nothing', { timeout: 200_000 }, async () => {
  follow()
  await until('the first change', () => seen.includes('\n'))
  const since = new Date().toISOString()
  child.kill('SIGKILL')
  const whileDead = await pass(43, 44, 45, 49, 50)
  follow()
  await until('what happened while the process was dead', () => whileDead.every(told))
  cut()
  const whileCut = await pass(52, 55, 60)
  open = true
  await until('what happened while it was cut off', () => whileCut.every(told))
  const missed = (await createdSince(since)).filter((run) => run <= Math.max(...whileCut) && !told(run))
  assert.deepEqual(missed, [])
})
