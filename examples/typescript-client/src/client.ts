import type { TypedDocumentString } from './gql/graphql.js'

type Failure = { message: string; path?: (string | number)[]; extensions: { code: string; retryAfterSeconds?: number } }

/** The gateway rejected an operation, or part of it failed. */
export class GatewayError extends Error {
  constructor(readonly errors: Failure[]) {
    super(errors.map((e) => `${e.extensions.code}: ${e.message}`).join('; '))
  }
}

const retryCodes = ['RATE_LIMITED', 'OVERLOADED', 'UPSTREAM_RATE_LIMITED']

/** Whether a retry may succeed. */
export const isTemporary = ({ errors }: GatewayError) => errors.every(({ extensions: { code } }) => retryCodes.includes(code) || code.startsWith('UPSTREAM_'))

export const headers: Record<string, string> = process.env.GATEWAY_KEY ? { authorization: `Bearer ${process.env.GATEWAY_KEY}` } : {}

/**
 * Sends an operation, at most three times while the gateway is overloaded or limits the rate. The document has the
 * types of variables and answer.
 */
export async function ask<Result, Variables>(endpoint: string, document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
      body: JSON.stringify({ query: document, variables }),
      signal: AbortSignal.timeout(30_000),
    })
    const { data, errors } = (await response.json()) as { data?: Result; errors?: Failure[] }
    if (!errors) return data as Result
    const retry = errors.find((e) => retryCodes.includes(e.extensions.code))
    if (!retry || attempt === 3) throw new GatewayError(errors)
    await new Promise((resume) => setTimeout(resume, (retry.extensions.retryAfterSeconds ?? attempt) * 1000))
  }
}
