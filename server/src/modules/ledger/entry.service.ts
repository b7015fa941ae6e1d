import type { Paged } from '@sanjiang/contract'
import type * as contract from '@sanjiang/contract/ledger'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { describeAccess, parseBody } from './access.rules.ts'
import { keysOf, sealAccess } from './access.service.ts'
import * as store from './entry.store.ts'
import { subjectHashesEver } from './node.keys.ts'

const DEFAULT_LIMIT = 20
const DAY_MS = 86_400_000

interface Days {
  readonly from?: string
  readonly to?: string
}

/** Days of Asia/Shanghai, both included, as instants. */
const toSpan = ({ from, to }: Days): store.Span => {
  if (from && to && from > to) throw invalid('to', 'range', '结束日期早于开始日期')
  const start = (day: string, after = 0): string => new Date(Date.parse(`${day}T00:00:00+08:00`) + after).toISOString()
  return { ...(from && { from: start(from) }), ...(to && { to: start(to, DAY_MS) }) }
}

const pagingOf = ({ after, limit = DEFAULT_LIMIT }: { after?: string; limit?: number }): store.Paging => ({
  after,
  limit,
})

const hexLeaf = <T extends { leaf: Buffer; kind: string }>({ leaf, kind, ...rest }: T) => ({
  ...rest,
  kind: kind as contract.EntryKind,
  leaf: leaf.toString('hex'),
})

export const listLogs = async (
  { db }: Ctx,
  query: { after?: string; limit?: number; is_open?: boolean },
): Promise<Paged<contract.Log>> => {
  const paging = pagingOf(query)
  const rows = await store.listLogRows(db, { ...paging, is_open: query.is_open })
  const page = toPage(rows, paging.limit, ({ log_id }) => [log_id])
  return {
    ...page,
    rows: page.rows.map((row) => ({ ...row, sealed_root: row.sealed_root?.toString('hex') ?? null })),
  }
}

export const listEntries = async (
  { db, actor }: Ctx,
  { after, limit, from, to, ...filter }: store.EntryFilter & { after?: string; limit?: number },
): Promise<Paged<contract.Entry>> => {
  const paging = pagingOf({ after, limit })
  const scope = scopeOf(actor, 'ledger.entry.read')
  const rows = await store.listEntryRows(db, scope, { filter: { ...filter, ...toSpan({ from, to }) }, paging })
  return toPage(rows.map(hexLeaf), paging.limit, store.cursorOf)
}

export const getEntry = async ({ db, actor }: Ctx, place: { log_id: string; seq: number }) => {
  const scope = scopeOf(actor, 'ledger.entry.read')
  const row = await store.findEntry(db, scope, { logId: place.log_id, seq: place.seq })
  if (!row) throw new Fault('not_found')
  return hexLeaf(row)
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

type TraceRow = Awaited<ReturnType<typeof store.listTraceRows>>[number]

const toTrace = ({ body: sealed, grant_id, client_id, ...row }: TraceRow): contract.SubjectTrace => {
  const body = parseBody(sealed) ?? {}
  const isQuery = row.kind === 'access'
  return {
    ...hexLeaf(row),
    consumer_organ_id: row.consumer_organ_id ?? text(body.organ_id),
    consumer_name: row.consumer_name ?? text(body.organ_name),
    officer: text(body.officer) ?? text(body.actor_name),
    purpose_code: text(body.purpose_code),
    purpose_ref: isQuery ? text(body.reason) : text(body.purpose_ref),
  }
}

const CITIZEN_ID = /^\d{17}[\dX]$/

/** The number as it is hashed; refuses what is none. */
export const readCitizenId = (text: string): string => {
  const value = text.normalize('NFKC').trim().toUpperCase()
  if (!CITIZEN_ID.test(value)) throw invalid('citizen_id', 'format', '应为 18 位公民身份号码', 'GB 11643-1999')
  return value
}

interface SubjectQuery {
  readonly citizen_id: string
  readonly reason: string
  readonly after?: string
  readonly limit?: number
}

/** Who used a person's data. The question is sealed first, with the asker's reason, and is itself a use that later answers show. */
export const querySubject = async (
  ctx: Ctx,
  { citizen_id, reason, ...query }: SubjectQuery,
): Promise<Paged<contract.SubjectTrace> & { receipt: contract.Receipt }> => {
  const value = readCitizenId(citizen_id)
  const hashes = subjectHashesEver(keysOf(ctx), { kind: 'citizen_id', value })
  const { actor, db } = ctx
  const paging = pagingOf(query)
  const rows = await store.listTraceRows(db, hashes, paging)
  const body = {
    topic: 'ledger.subject.queried',
    outcome: 'done',
    actor_id: actor.person_id,
    actor_name: actor.name,
    organ_id: actor.organ?.organ_id ?? null,
    organ_name: actor.organ?.name ?? null,
    reason,
    found: Math.min(rows.length, paging.limit),
    trace: ctx.trace,
  }
  const receipt = await sealAccess(ctx, 'api', { kind: 'access', body, subjects: hashes.slice(-1) })
  return { ...toPage(rows.map(toTrace), paging.limit, store.cursorOf), receipt }
}

export const listAccess = async (
  { db, actor }: Ctx,
  { after, limit, from, to, ...filter }: store.AccessFilter & { after?: string; limit?: number },
): Promise<Paged<contract.AccessRecord>> => {
  const paging = pagingOf({ after, limit })
  const scope = scopeOf(actor, 'ledger.access.read')
  const rows = await store.listAccessRows(db, scope, { filter: { ...filter, ...toSpan({ from, to }) }, paging })
  const described = rows.map(({ body, ...row }) => ({ ...hexLeaf(row), ...describeAccess(body) }))
  const names = await store.findOrganNames(
    db,
    described.flatMap(({ organ_id }) => organ_id ?? []),
  )
  const named = described.map((row) => ({ ...row, organ_name: names.get(row.organ_id ?? '') ?? null }))
  return toPage(named, paging.limit, store.cursorOf)
}
