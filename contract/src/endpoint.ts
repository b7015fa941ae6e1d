import type { Static, TObject, TSchema } from 'typebox'
import type { Permission } from './permissions.ts'

/**
 * Who may call: a named permission; `'session'` — anyone signed in; `'public'` — anyone at all, written out so that
 * nobody becomes public by forgetting.
 */
export type Access = Permission | 'session' | 'public'

export interface Shape {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/api/v1`, parameters as `:name`. */
  readonly path: `/${string}`
  readonly permission: Access
  readonly summary: string
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TSchema
  /** What leaves: anything not declared here is stripped before it is sent. */
  readonly response: TSchema
  /** Media type of a streamed answer; the handler then returns a `Download`. */
  readonly produces?: string
  /** Largest request body in bytes, where 1 MiB is not right. */
  readonly body_limit?: number
}

/** One endpoint, said once: server, web, cli, OpenAPI and the permission matrix all read this constant. */
export interface Endpoint<In, Out> extends Shape {
  /** In and Out are carried as types only, so each is worked out once, where the endpoint is written. */
  readonly _types?: { in: In; out: Out }
}

type Part<S, K extends string> = S extends { [P in K]: infer T extends TSchema } ? { [P in K]: Static<T> } : unknown
export type InputOf<S> = Part<S, 'params'> & Part<S, 'query'> & Part<S, 'body'>

export const endpoint = <const S extends Shape>(shape: S): Endpoint<InputOf<S>, Static<S['response']>> =>
  Object.freeze(shape)

export const API_PREFIX = '/api/v1'

/** `/catalog/resources/:id` with `{ id }` filled in; every value is percent-encoded. */
export const fillPath = (path: string, params: Record<string, unknown> = {}): string =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
