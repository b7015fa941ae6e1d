import { createHash, randomBytes } from 'node:crypto'
import type { Role } from '@sanjiang/contract'
import type { Session } from '@sanjiang/contract/identity'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import type { Http, Identified } from '#kernel/serve.ts'
import { endedBefore, isLive, pendingOf, scopesOf } from './session.rules.ts'
import * as store from './session.store.ts'

export const COOKIE = 'sanjiang_session'
const COOKIE_SECONDS = 12 * 3600
const TOUCH_MS = 60_000

/** What the database keeps of a token, so that reading the table opens nobody's session. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

export const newToken = (): string => randomBytes(32).toString('base64url')

export const setToken = (http: Http, token: string): void => http.setCookie(COOKIE, token, COOKIE_SECONDS)

/**
 * Exchanges the token of the present session where its rights change: whoever has a copy of the old one is out. The new
 * token is given to the browser once the transaction has committed.
 */
export const renewToken = async (tx: Tx, ctx: Ctx): Promise<string> => {
  const token = newToken()
  await store.updateToken(tx, ctx.actor.session_id!, hashToken(token))
  return token
}

const toActor = (session: store.SessionRow, instant: string): Actor => ({
  kind: 'person',
  person_id: session.person_id,
  name: session.name,
  organ: { organ_id: session.organ_id, name: session.organ_name, path: session.path },
  roles: session.roles.map(({ role }) => role as Role),
  // Until the password is changed and the second factor enrolled, a session may do nothing but that.
  scopes: pendingOf(session, instant).length > 0 ? new Map() : scopesOf(session.roles),
  session_id: session.session_id,
})

/** Gate 1's question: who is behind this request? Null for nobody; ended sessions are nobody's. */
export const authenticate =
  (house: House) =>
  async ({ cookies }: Pick<Http, 'cookies'>): Promise<Identified | null> => {
    const token = cookies[COOKIE]
    if (!token || token.length > 100) return null
    const session = await store.findSession(house.db, hashToken(token))
    const instant = house.clock.instant()
    if (!session || !isLive(session, instant)) return null
    if (Date.parse(instant) - Date.parse(session.last_seen_at) > TOUCH_MS)
      await store.touchSession(house.db, session.session_id, instant)
    return { actor: toActor(session, instant), csrf: session.csrf }
  }

const toSession = (ctx: Ctx, session: store.SessionRow): Session => {
  const pending = pendingOf(session, ctx.instant)
  return {
    person_id: session.person_id,
    username: session.username,
    name: session.name,
    organ_id: session.organ_id,
    organ_name: session.organ_name,
    roles: session.roles.map(({ role }) => role as Role),
    permissions: pending.length > 0 ? [] : [...scopesOf(session.roles).keys()],
    csrf: session.csrf,
    today: ctx.today,
    demo: ctx.site.demo,
    pending,
  }
}

/** The session a token opens, as the portal needs it. */
export const readSession = async (ctx: Ctx, token: string): Promise<Session> => {
  const session = await store.findSession(ctx.db, hashToken(token))
  if (!session) throw new Fault('unauthenticated')
  return toSession(ctx, session)
}

export const getSession = (ctx: Ctx, http: Http): Promise<Session> => readSession(ctx, http.cookies[COOKIE] ?? '')

const close = (ctx: Ctx, sessionId: string) =>
  inTx(ctx, async (tx) => {
    const removed = await store.removeSession(tx, ctx.actor.person_id!, sessionId)
    if (removed.numDeletedRows === 0n) throw new Fault('not_found')
    await record(tx, ctx, {
      type: 'identity.session.closed',
      subject_kind: 'identity.person',
      subject_id: ctx.actor.person_id!,
      after: { session_id: sessionId },
    })
    return { done: true as const }
  })

export const closeSession = async (ctx: Ctx, http: Http) => {
  const done = await close(ctx, ctx.actor.session_id!)
  http.clearCookie(COOKIE)
  return done
}

export const closeOtherSession = close

export const listSessions = async (ctx: Ctx) => {
  const rows = await store.listSessionRows(ctx.db, ctx.actor.person_id!, endedBefore(ctx.instant))
  return rows.map((row) => ({ ...row, is_current: row.session_id === ctx.actor.session_id }))
}

export const sweepSessions = (ctx: Ctx): Promise<void> =>
  inTx(ctx, async (tx) => void (await store.removeEnded(tx, endedBefore(ctx.instant))))
