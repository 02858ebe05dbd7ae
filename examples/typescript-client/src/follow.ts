// Prints each change of a run, and resumes where it was stopped: node dist/follow.js
// http://127.0.0.1:8080/graphql cursor.txt
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { changes } from './changes.js'

const [endpoint = 'http://127.0.0.1:8080/graphql', file = 'cursor.txt'] = process.argv.slice(2)
for await (const { cursor, run } of changes(endpoint, existsSync(file) ? readFileSync(file, 'utf8') : null)) {
  console.log(`${run.databaseId}  ${run.outcome.padEnd(12)} ${run.sync.label ?? 'without a label'} ${run.errorCode ?? ''}`)
  writeFileSync(`${file}.new`, cursor) // saved after printing: a crash in between prints an event twice, but loses none
  renameSync(`${file}.new`, file)
}
