// A follower misses no run when it is killed or loses its connection:
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
assert.ok(GATEWAY && CENSUS, 'set GATEWAY and CENSUS to the URLs of the gateway and of the simulated Census')
const dir = mkdtempSync(join(tmpdir(), 'follow-'))
after(() => rmSync(dir, { recursive: true }))

/** A TCP proxy to the gateway whose connections can be closed. */
const sockets = new Set()
let open = true
const proxy = net.createServer((caller) => {
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
await new Promise((ready) => proxy.listen(0, '127.0.0.1', ready))
after(() => (cut(), proxy.close()))

let seen = '' // output of all processes
let child
after(() => child.kill())
function follow() {
  child = spawn('node', ['dist/follow.js', `http://127.0.0.1:${proxy.address().port}/graphql`, join(dir, 'cursor.txt')], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.on('data', (text) => (seen += text))
}
const printed = (run) => new RegExp(`^${run} `, 'm').test(seen)
async function until(what, condition) {
  for (const deadline = Date.now() + 90_000; !condition(); await new Promise((resume) => setTimeout(resume, 50))) assert.ok(Date.now() < deadline, `${what}; seen:\n${seen}`)
}

/**
 * Starts and cancels a run of each sync, and returns their ids. It waits 8 s, so that a new subscription without a
 * cursor would not report them.
 */
async function shortRuns(...syncs) {
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

test('a follower that is killed or disconnected misses no run', { timeout: 200_000 }, async () => {
  follow()
  await until('the first change', () => seen.includes('\n'))
  const since = new Date().toISOString()
  child.kill('SIGKILL')
  const whileDead = await shortRuns(43, 44, 45, 49, 50)
  follow()
  await until('the runs while the process was dead', () => whileDead.every(printed))
  cut()
  const whileCut = await shortRuns(52, 55, 60)
  open = true
  await until('the runs while it was disconnected', () => whileCut.every(printed))
  const missed = (await createdSince(since)).filter((run) => run <= Math.max(...whileCut) && !printed(run))
  assert.deepEqual(missed, [])
})
