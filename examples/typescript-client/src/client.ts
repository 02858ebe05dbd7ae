import type { TypedDocumentString } from './gql/graphql.js'

type Failure = { message: string; path?: (string | number)[]; extensions: { code: string; retryAfterSeconds?: number } }

/** The gateway refused an operation, or part of it failed. */
export class GatewayError extends Error {
  constructor(readonly errors: Failure[]) {
    super(errors.map((e) => `${e.extensions.code}: ${e.message}`).join('; '))
  }
}

const waits = ['RATE_LIMITED', 'OVERLOADED', 'UPSTREAM_RATE_LIMITED']

/** Whether the same may succeed later. */
export const isTemporary = ({ errors }: GatewayError) => errors.every(({ extensions: { code } }) => waits.includes(code) || code.startsWith('UPSTREAM_'))

export const headers: Record<string, string> = process.env.GATEWAY_KEY ? { authorization: `Bearer ${process.env.GATEWAY_KEY}` } : {}

/** Asks the gateway, again up to three times if it says when. Types of variables and answer are those of the document. */
export async function ask<Result, Variables>(endpoint: string, document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
      body: JSON.stringify({ query: document, variables }),
      signal: AbortSignal.timeout(30_000),
    })
    const { data, errors } = (await response.json()) as { data?: Result; errors?: Failure[] }
    if (!errors) return data as Result
    const again = errors.find((e) => waits.includes(e.extensions.code))
    if (!again || tries === 3) throw new GatewayError(errors)
    await new Promise((resume) => setTimeout(resume, (again.extensions.retryAfterSeconds ?? tries) * 1000))
  }
}
