import type { SiteHead, SiteView } from '@sanjiang/contract/site'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type pg from 'pg'
import type { Log } from '#kernel/log.ts'

/** One page to be sent. */
export interface Page {
  readonly status: number
  readonly view: SiteView
  readonly head?: SiteHead
  /** For one reader, or with a token that ages: kept by nobody on the way. */
  readonly isFresh?: true
}

/** What every route of the public side has to work with. */
export interface Site {
  readonly pool: pg.Pool
  readonly log: Log
  readonly demo: boolean
  /** What stable addresses begin with; no slash at the end. */
  readonly origin: string
  /** How often, in milliseconds, it is asked what has changed of what is open; 0: whenever somebody searches. */
  readonly followMs: number
  /** What one address may ask for in a minute; 0: whatever it likes. */
  readonly perMinute: number
  /** Renders and sends a page with its entity tag; answers 304 where the reader has it already. */
  send(request: FastifyRequest, reply: FastifyReply, page: Page): FastifyReply
}

/** A group of addresses: one file each, one line in `routes.ts`. */
export type SiteRoutes = (app: FastifyInstance, site: Site) => void

/** A refusal by a rule of an interface: which parameter, what is wrong, in words a developer can act on. */
export class SiteFault extends Error {
  readonly status: number
  readonly code: string
  readonly field: string | undefined
  /** Seconds after which it is worth another try. */
  readonly wait: number | undefined
  constructor(
    status: number,
    code: string,
    { detail, field, wait }: { detail: string; field?: string; wait?: number },
  ) {
    super(detail)
    this.name = 'SiteFault'
    this.status = status
    this.code = code
    this.field = field
    this.wait = wait
  }
}

/** When an answer is over: sent, broken off by its reader or by us. What Fastify calls a response tells only of the first. */
export const whenOver = ({ raw }: FastifyReply, work: () => void): void => void raw.once('close', work)

/** A word of a query or a path: no NUL, trimmed, capped, no half of a character left; anything but text is empty. */
export const textOf = (value: unknown, max: number): string =>
  typeof value === 'string' ? value.replaceAll('\0', '').trim().slice(0, max).toWellFormed() : ''

/** The dataset an address names. */
export const slugOf = ({ params }: FastifyRequest): string => textOf((params as { slug?: unknown }).slug, 64)

/** A whole number of a query within bounds; anything else is `fallback`. */
export const wholeOf = (value: unknown, { fallback, max }: { fallback: number; max: number }): number => {
  const text = textOf(value, 12)
  return /^\d+$/.test(text) ? Math.min(Number(text), max) : fallback
}
