// Runs the audits of graphql-http against a server and prints the failures.
//
//   npm ci && node audit.mjs http://127.0.0.1:8080/graphql
//
// The server must answer introspection, which two of the audits use. The exit
// status is 0 if all audits passed, 1 if not, 2 if they could not be run.
import { auditServer } from 'graphql-http';

const expected = 61; // audits in graphql-http 1.23.1

const url = process.argv[2];
if (!url) {
  console.error('usage: node audit.mjs URL');
  process.exit(2);
}

let results;
try {
  results = await auditServer({
    url,
    fetchFn: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(10_000) }),
  });
} catch (err) {
  console.error(`cannot audit ${url}: ${err.cause?.message ?? err.message}`);
  process.exit(2);
}

const failed = results.filter((result) => result.status !== 'ok');
for (const { id, name, status, reason } of failed) {
  console.log(`${status.padEnd(6)} ${id} ${name}: ${reason}`);
}
const passed = results.length - failed.length;
console.log(`${passed} passed, ${failed.length} failed`);
if (results.length !== expected) {
  console.log(`${results.length} audits were run, ${expected} are expected`);
}
process.exitCode = failed.length === 0 && results.length === expected ? 0 : 1;
