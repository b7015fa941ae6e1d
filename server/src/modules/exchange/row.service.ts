import type { RowAnswer, RowValue } from '@sanjiang/contract/exchange'
import type { Receipt } from '@sanjiang/contract/ledger'
import type { GrantedItem, RowCondition } from '@sanjiang/contract/sharing.terms'
import { MAX_PROVED, parseEntry, ROW_HANDLE, type RowQuestion, readFacts, rowHandle, verdictOf } from '@sanjiang/seal'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { listSealed, openNodeKeys, type SealedRow, sealAccess, subjectHashes } from '#modules/ledger/index.ts'
import { handleSecret } from './delivery/grant-keys.ts'
import { HASHER } from './delivery/hasher.ts'
import { type Checkpoints, type Delivered, proveDelivery, type Sought } from './row.proof.ts'
import { type AskedKey, askableBy, formOf, type RowForm, readKey, readRow } from './row.rules.ts'
import { findSubscription, type SubscriptionRow } from './subscription.store.ts'

export const ASK = 'exchange.row.ask'
const DAY_MS = 86_400_000
const CITIZEN_ID = /^\d{17}[\dX]$/
/** Deliveries taken back are few; a grant that had more than this in a period has its later ones shown as delivered. */
const MAX_WITHHELD = 10_000

interface Asking {
  readonly key: readonly RowValue[]
  readonly row?: readonly RowValue[]
  readonly from: string
  readonly to: string
  readonly reason: string
  readonly after?: string
}

export const rowFormOf = ({ items, row_conditions, key, bindings }: SubscriptionRow): RowForm =>
  formOf({
    items: items as GrantedItem[],
    row_conditions: row_conditions as RowCondition[],
    key: key as string[],
    bindings: bindings as { item: string }[],
  })

/** Whether the actor speaks for the provider, or for all. */
const isProvider = (ctx: Ctx, { provider_path }: SubscriptionRow): boolean =>
  reaches(scopeOf(ctx.actor, ASK), provider_path)

export const rowKeyFor = (ctx: Ctx, row: SubscriptionRow): readonly string[] =>
  askableBy(rowFormOf(row), isProvider(ctx, row))

/** Days of Asia/Shanghai, both included, as instants; of a day that is not over, as far as it has come. */
const spanOf = ({ instant }: Ctx, { from, to }: Asking): { from: string; to: string } => {
  if (from > to) throw invalid('to', 'range', '结束日期早于开始日期')
  const start = (day: string, after = 0) => new Date(Date.parse(`${day}T00:00:00+08:00`) + after).toISOString()
  const end = start(to, DAY_MS)
  return { from: start(from), to: end < instant ? end : instant }
}

const keyOf = (ctx: Ctx, { grant_id }: SubscriptionRow, { asked, form }: { asked: AskedKey; form: RowForm }) => {
  const { natural, handle } = asked
  if (form.delivered[0] !== ROW_HANDLE) return { key: natural as string }
  if (natural === undefined) return { key: handle as string }
  return { key: rowHandle(HASHER, handleSecret(ctx.site.dataDir, grant_id), natural), handle_of: natural }
}

const soughtOf = (ctx: Ctx, row: SubscriptionRow, asking: Asking): Sought => {
  const form = rowFormOf(row)
  const asked = readKey(asking.key, form, isProvider(ctx, row))
  const values = readRow(asking.row, form)
  const { subscription_id, grant_id } = row
  const key = keyOf(ctx, row, { asked, form })
  const isHandled = form.delivered[0] === ROW_HANDLE
  const line = values === undefined ? {} : { line: isHandled ? `${key.key}\t${values}` : values }
  const resource_code = row.resource_code as string
  const question: RowQuestion = { subscription_id, grant_id, resource_code, ...key, ...line, ...spanOf(ctx, asking) }
  return { question, key: form.delivered, items: isHandled ? [ROW_HANDLE, ...form.items] : form.items }
}

/** Before it is answered: who asked, of what, and why. The key stands there as a keyed hash only, where it is a person's number. */
const sealQuestion = (ctx: Ctx, { question }: Sought, { key, reason, after }: Asking): Promise<Receipt> => {
  const { actor } = ctx
  const { subscription_id, grant_id, resource_code, from, to } = question
  const persons = key.flatMap(({ value }) => (value && CITIZEN_ID.test(value) ? [{ kind: 'citizen_id', value }] : []))
  const body = {
    topic: 'exchange.row.asked',
    outcome: 'done',
    actor_id: actor.person_id,
    actor_name: actor.name,
    organ_id: actor.organ?.organ_id ?? null,
    organ_name: actor.organ?.name ?? null,
    subject_kind: 'exchange.subscription',
    subject_id: subscription_id,
    grant_id,
    resource_code,
    from,
    to,
    goes_on: after !== undefined,
    reason,
    trace: ctx.trace,
  }
  return sealAccess(ctx, 'api', { kind: 'access', body, subjects: subjectHashes(openNodeKeys(ctx.site), persons) })
}

const entryOf = ({ body }: SealedRow) => parseEntry(body)

/** Receipts of the period that are this subscription's, each with the entry that took it back, if any. */
const deliveriesOf = async (ctx: Ctx, { question }: Sought, rows: readonly SealedRow[]): Promise<Delivered[]> => {
  const { grant_id, from, to } = question
  const late = new Date(Date.parse(to) + DAY_MS).toISOString()
  const span = { grant_id, kind: 'chunk_withheld', from, to: late, limit: MAX_WITHHELD }
  const withheld = new Map(
    (await listSealed(ctx.db, span)).map((row) => {
      const { voids, voids_log_id } = entryOf(row).body
      return [`${voids_log_id} ${voids}`, row]
    }),
  )
  return rows.flatMap((row) => {
    const facts = readFacts(entryOf(row), question)
    return typeof facts === 'string' ? [] : [{ ...row, facts, withheld: withheld.get(`${row.log_id} ${row.seq}`) }]
  })
}

const fileOf = (
  ctx: Ctx,
  question: RowQuestion,
  { checkpoints, deliveries }: { checkpoints: Checkpoints; deliveries: unknown[] },
) => {
  const { node_id, demo } = openNodeKeys(ctx.site)
  const signed = [...checkpoints.values()].map(({ body, signatures }) => ({ checkpoint: JSON.parse(body), signatures }))
  const file = { format: 'sanjiang-row-proof/1', node_id, demo, produced_at: ctx.instant, question }
  return JSON.stringify({ ...file, checkpoints: signed, deliveries })
}

/** Whether a row went to a subscription in a period, with a proof that holds without the platform (C3). */
export const askRow = async (ctx: Ctx, subscriptionId: string, asking: Asking): Promise<RowAnswer> => {
  const row = await findSubscription(ctx.db, scopeOf(ctx.actor, ASK), subscriptionId)
  if (!row) throw new Fault('not_found')
  const sought = soughtOf(ctx, row, asking)
  const { question } = sought
  const receipt = await sealQuestion(ctx, sought, asking)
  const { grant_id, from, to } = question
  const span = { grant_id, kind: 'chunk_delivered', from, to, after: asking.after, limit: MAX_PROVED }
  const page = toPage(await listSealed(ctx.db, span), MAX_PROVED, ({ at, log_id, seq }) => [at, log_id, seq])
  const delivered = await deliveriesOf(ctx, sought, page.rows)
  const checkpoints: Checkpoints = new Map()
  const proved: Awaited<ReturnType<typeof proveDelivery>>[] = []
  for (const one of delivered) proved.push(await proveDelivery(ctx, one, { sought, checkpoints }))
  return {
    verdict: verdictOf(proved.map(({ outcome }) => outcome)),
    deliveries: proved.map(({ outcome }, n) => {
      const { log_id, seq, at, facts } = delivered[n] as Delivered
      return { log_id, log_seq: seq, at, generation: facts.generation, seq: facts.seq, rows: facts.rows, outcome }
    }),
    next: page.next,
    receipt,
    proof: fileOf(ctx, question, { checkpoints, deliveries: proved.map((one) => one.proved) }),
  }
}
