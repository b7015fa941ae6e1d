import type { Receipt, SubjectTrace } from '@sanjiang/contract/ledger'
import { parseEntry, proveKey, readFacts, removalLine, rowHandle } from '@sanjiang/seal'
import type { Ctx } from '#kernel/ctx.ts'
import { formatCursor, parseCursor } from '#kernel/page.ts'
import {
  listSealed,
  openNodeKeys,
  readCitizenId,
  type SealedRow,
  sealAccess,
  subjectHashes,
} from '#modules/ledger/index.ts'
import { handleSecret } from './delivery/grant-keys.ts'
import { HASHER } from './delivery/hasher.ts'
import { type KeptRow, listLeaves } from './delivery/leaves.store.ts'
import { type KeptLeaves, openKept } from './delivery/leaves.ts'
import { checkOf } from './item.rules.ts'
import { listReaches, type Reach } from './trace.store.ts'

/** Chunks looked at in one answer: some 70 MB at the most usual size of a chunk, opened one after the other. */
const LOOK = 256
const STEP = 16
/** A receipt is committed within seconds of its leaves; a writer that takes longer has given up. */
const AROUND_MS = 60_000

const SHAPE = { kind: 'rows', key: [0] } as const

/** The key lines under which a person may stand in one grant's deliveries: the number, or its handle. */
const keyLinesOf = (ctx: Ctx, { grant_id }: Reach, value: string): readonly string[] => [
  value,
  rowHandle(HASHER, handleSecret(ctx.site.dataDir, grant_id), value),
]

const around = (at: string): { from: string; to: string } => {
  const time = Date.parse(at)
  return { from: new Date(time - AROUND_MS).toISOString(), to: new Date(time + AROUND_MS).toISOString() }
}

/** The receipt that carries these leaves' root, unless the chunk never left. */
const receiptOf = async (ctx: Ctx, { root, made_at }: KeptRow, { grant_id }: Reach): Promise<SealedRow | undefined> => {
  const asked = { grant_id, text: root, ...around(made_at), limit: 1 }
  const [receipt] = await listSealed(ctx.db, { ...asked, kind: 'chunk_delivered' })
  const [withheld] = receipt ? await listSealed(ctx.db, { ...asked, kind: 'chunk_withheld' }) : []
  return withheld ? undefined : receipt
}

/** Whether a row of that key left, and not only the word that it is gone. */
const hasRow = (
  kept: KeptLeaves,
  receipt: SealedRow,
  { key_line, reach }: { key_line: string; reach: Reach },
): boolean => {
  const { subscription_id, grant_id, resource_code } = reach
  const entry = parseEntry(receipt.body)
  const question = { subscription_id, grant_id, resource_code, key: key_line, from: entry.at, to: '9999' }
  const facts = readFacts(entry, question)
  if (typeof facts === 'string' || !facts.leaves) return false
  const { kind, key } = facts.leaves
  const except = kind === 'changes' ? { except: removalLine(facts.leaves, key_line) } : {}
  return proveKey(HASHER, kept, { kind, key, key_line, ...except }) !== undefined
}

const traceIn = async (ctx: Ctx, row: KeptRow, { reach, value }: { reach: Reach; value: string }) => {
  const kept = openKept(ctx.site.dataDir, row, row.sealed)
  const lines = kept ? keyLinesOf(ctx, reach, value) : []
  const key_line = lines.find((line) => proveKey(HASHER, kept as KeptLeaves, { ...SHAPE, key_line: line }))
  if (!kept || key_line === undefined) return undefined
  const receipt = await receiptOf(ctx, row, reach)
  return receipt && hasRow(kept, receipt, { key_line, reach }) ? toTrace(receipt, reach) : undefined
}

const toTrace = ({ log_id, seq, at, leaf }: SealedRow, reach: Reach): SubjectTrace => ({
  log_id,
  seq,
  at,
  kind: 'chunk_delivered',
  leaf: leaf.toString('hex'),
  consumer_organ_id: reach.consumer_organ_id,
  consumer_name: reach.consumer_name,
  provider_organ_id: reach.provider_organ_id,
  provider_name: reach.provider_name,
  client_name: null,
  officer: null,
  resource_code: reach.resource_code,
  purpose_code: reach.purpose_code,
  purpose_ref: reach.purpose_ref,
  case_no: null,
  outcome: 'done',
  topic: null,
})

interface Asking {
  readonly citizen_id: string
  readonly reason: string
  readonly after?: string
}

const sealQuestion = (ctx: Ctx, value: string, { reason, after }: Asking): Promise<Receipt> => {
  const { actor } = ctx
  const body = {
    topic: 'exchange.subject.traced',
    outcome: 'done',
    actor_id: actor.person_id,
    actor_name: actor.name,
    organ_id: actor.organ?.organ_id ?? null,
    organ_name: actor.organ?.name ?? null,
    reason,
    goes_on: after !== undefined,
    trace: ctx.trace,
  }
  const subjects = subjectHashes(openNodeKeys(ctx.site), [{ kind: 'citizen_id', value }])
  return sealAccess(ctx, 'api', { kind: 'access', body, subjects })
}

/** Whose subscriptions can have a person as a row's key. */
const personReaches = async (ctx: Ctx): Promise<ReadonlyMap<string, Reach>> => {
  const isPerson = ({ key, data_element }: Reach): boolean => {
    const item = {
      name_en: key[0] ?? '',
      data_type: 'C',
      length: null,
      is_required: true,
      mask_rule: null,
      data_element,
    }
    return checkOf(item) === 'citizen_id'
  }
  return new Map((await listReaches(ctx.db)).filter(isPerson).map((reach) => [reach.subscription_id, reach]))
}

/**
 * In which bulk deliveries a person's row stood (C2). There is no index by person, and there must be none: each chunk's leaves have
 * a salt of their own, so chunks are opened one after the other, a bounded number in each answer.
 */
export const traceSubject = async (ctx: Ctx, asking: Asking) => {
  const value = readCitizenId(asking.citizen_id)
  let before = asking.after === undefined ? undefined : parseCursor(asking.after, 2)
  const receipt = await sealQuestion(ctx, value, asking)
  const reaches = await personReaches(ctx)
  const rows: SubjectTrace[] = []
  let looked = 0
  let isDone = false
  while (looked < LOOK && !isDone) {
    const kept = await listLeaves(ctx.db, { before, limit: STEP })
    for (const row of kept) {
      const reach = reaches.get(row.subscription_id)
      const trace = reach && (await traceIn(ctx, row, { reach, value }))
      if (trace) rows.push(trace)
    }
    const last = kept.at(-1)
    if (last) before = [last.made_at, last.root]
    looked += kept.length
    isDone = kept.length < STEP
  }
  return { rows, next: isDone || !before ? null : formatCursor(before), looked, receipt }
}
