// Composes the gateway at the given URL with a toy subgraph, using The Guild's composition and
// Hive Gateway, and queries data of both: the team of a failing sync.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import assert from 'node:assert/strict';
import { buildSchema, graphql, parse } from 'graphql';
import { composeServices } from '@theguild/federation-composition';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';

const url = process.argv[2];
const ask = async (query, variables) => {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  return response.json();
};

// The toy subgraph knows which team owns a sync, by Census's id. Like other subgraphs, it has its own Node and PageInfo.
const types = `
  interface Node { id: ID! }
  type Sync @key(fields: "databaseId") { databaseId: BigInt! team: Team! }
  type Team implements Node { id: ID! name: String! syncs: [Sync!]! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  scalar BigInt
  type Query { node(id: ID!): Node teams: [Team!]! }`;
const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';
const schema = buildSchema(`directive @key(fields: String!) on OBJECT directive @shareable on OBJECT
  ${types} scalar _Any union _Entity = Sync extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`);
const crm = { id: 'Team:1', name: 'CRM' };
crm.syncs = [52, 53].map((databaseId) => ({ __typename: 'Sync', databaseId, team: crm }));
const root = { teams: [crm], _entities: ({ representations }) => representations.map((r) => ({ ...r, team: crm })) };
const toy = createServer(async (request, response) => {
  const { query, variables } = JSON.parse(await text(request));
  const answer = await graphql({ schema, source: query, rootValue: root, variableValues: variables });
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
});
await new Promise((done) => toy.listen(0, '127.0.0.1', done));

const sdl = (await ask('query SubgraphIntrospectQuery { _service { sdl } }')).data._service.sdl;
const composed = composeServices([
  { name: 'census', url, typeDefs: parse(sdl) },
  { name: 'teams', url: `http://127.0.0.1:${toy.address().port}/`, typeDefs: parse(link + types) },
]);
assert.deepEqual(composed.errors ?? [], []);

const gateway = createGatewayRuntime({ supergraph: composed.supergraphSdl, logging: false });
const joined = async (query) => {
  const response = await gateway.fetch('http://localhost/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
  const answer = await response.json();
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data;
};
// From the toy to the gateway, with _entities of the gateway.
const { teams } = await joined('{ teams { name syncs { label health { state } latestRun { outcome } } } }');
assert.equal(teams[0].syncs.length, 2);
assert.ok(teams[0].syncs.every((sync) => sync.label && sync.health.state && sync.latestRun.outcome));
// From the gateway to the toy.
const { syncs } = await joined('{ syncs(first: 2, orderBy: {field: HEALTH}) { nodes { label team { name } } } }');
assert.deepEqual(syncs.nodes.map((sync) => sync.team.name), ['CRM', 'CRM']);
// Too many entities are rejected, as with nodes.
const representations = Array.from({ length: 101 }, (_, i) => ({ __typename: 'Sync', id: `Sync:${i + 1}` }));
const many = await ask('query($r: [_Any!]!) { _entities(representations: $r) { ... on Sync { label } } }', { r: representations });
assert.match(many.errors[0].message, /100/);

await gateway[Symbol.asyncDispose]?.();
toy.close();
console.log('joined:', JSON.stringify(teams[0].syncs[0]));
process.exit(0);
