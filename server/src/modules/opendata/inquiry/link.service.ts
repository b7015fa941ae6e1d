import { readShowcase } from '@sanjiang/contract/opendata.showcase'
import { Agent, request } from 'undici'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { makeEgress } from '#kernel/egress.ts'
import { listUnchecked, lockByNumber, toJson, updateInquiry } from './inquiry.store.ts'
import { tellInquiry } from './inquiry.tell.ts'

const KNOCK_MS = 5_000
const AT_ONCE = 50
/** A single failure may be a hiccup; so many in a row are not. A visitor's report has it looked at once more the same day. */
const FAILURES = 2

export type Link = 'working' | 'failed' | 'unknown'

// Refused, limited or asked to sign in: somebody is there. A redirect as well.
const linkOf = (status: number): Link => (status < 400 || [401, 403, 405, 429].includes(status) ? 'working' : 'failed')

/** Through the egress door, so that a form on the internet cannot make the inside knock at the inside. */
const knock = async (dispatcher: Agent, url: string): Promise<Link> => {
  try {
    const { statusCode, body } = await request(url, {
      dispatcher,
      method: 'GET',
      headers: { 'user-agent': 'sanjiang-link-check', range: 'bytes=0-0' },
      signal: AbortSignal.timeout(KNOCK_MS),
    })
    body.on('error', () => undefined)
    body.destroy()
    return linkOf(statusCode)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'EGRESS_REFUSED' || code === 'EAI_AGAIN' ? 'unknown' : 'failed'
  }
}

const failuresIn = (detail: Readonly<Record<string, unknown>>): number =>
  typeof detail.failures === 'number' ? detail.failures : 0

/** What a check says of an application's address from now on. */
const afterCheck = (detail: Readonly<Record<string, unknown>>, link: Link, today: string) => {
  const failures = link === 'failed' ? failuresIn(detail) + 1 : 0
  const state = { working: 'working', unknown: 'unknown', failed: readShowcase(detail).link_state } as const
  return {
    ...detail,
    checked_on: today,
    failures,
    link_state: failures >= FAILURES ? 'broken' : state[link],
  }
}

const checkOne = async (ctx: Ctx, dispatcher: Agent, { number, url }: { number: string; url: string }) => {
  const link = url === '' ? 'failed' : await knock(dispatcher, url)
  await inTx(ctx, async (tx, inner) => {
    const row = await lockByNumber(tx, number)
    if (!row) return
    await updateInquiry(tx, row.inquiry_id, { detail: toJson(afterCheck(row.detail, link, inner.today)) })
    await tellInquiry(tx, inner, number)
  })
}

/** Looks once a day whether what is shown can still be opened. */
export const checkLinks = async (ctx: Ctx): Promise<number> => {
  const due = await listUnchecked(ctx.db, ctx.today, AT_ONCE)
  if (due.length === 0) return 0
  const dispatcher = new Agent({
    connect: makeEgress(ctx.site.egressAllow ?? []).connect,
    headersTimeout: KNOCK_MS,
    connections: 1,
  })
  try {
    for (const { number, detail } of due) await checkOne(ctx, dispatcher, { number, url: readShowcase(detail).url })
  } finally {
    await dispatcher.destroy()
  }
  return due.length
}
