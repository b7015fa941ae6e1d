import {
  type DeliveryFacts,
  outcomeOf,
  type ProvedDelivery,
  proveAbsence,
  proveKey,
  provePresence,
  type RowLeavesFacts,
  type RowOutcome,
  type RowProof,
  type RowQuestion,
  removalLine,
  type SealedEntry,
  verifyRowProof,
} from '@sanjiang/seal'
import type { Ctx } from '#kernel/ctx.ts'
import { proveInclusion, type SealedRow } from '#modules/ledger/index.ts'
import { HASHER } from './delivery/hasher.ts'
import { findLeaves } from './delivery/leaves.store.ts'
import { type KeptLeaves, openKept } from './delivery/leaves.ts'

/** A delivery's receipt with what it says. */
export interface Delivered extends SealedRow {
  readonly facts: DeliveryFacts
  readonly withheld: SealedRow | undefined
}

/** What is asked in terms of delivered lines: names of their key and items. */
export interface Sought {
  readonly question: RowQuestion
  readonly key: readonly string[]
  readonly items: readonly string[]
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.join('\t') === b.join('\t')

/** The strongest that the leaves show: the row itself, that its key is not there, that it is, or only its removal. */
const prove = (kept: KeptLeaves, leaves: RowLeavesFacts, { question, items }: Sought): RowProof | undefined => {
  const { key: key_line, line } = question
  const shape = { kind: leaves.kind, key: leaves.key }
  const isChange = leaves.kind === 'changes'
  const shown =
    line !== undefined && isSame(leaves.items, items)
      ? provePresence(HASHER, kept, { ...shape, line: isChange ? `+\t${line}` : line })
      : undefined
  if (shown) return shown
  const absent = proveAbsence(HASHER, kept, key_line)
  if (absent) return absent
  const removal = removalLine(leaves, key_line)
  return (
    proveKey(HASHER, kept, { ...shape, key_line, ...(isChange && { except: removal }) }) ??
    provePresence(HASHER, kept, { ...shape, line: removal })
  )
}

/** The proof about one delivery; null where nothing is kept that could show it, or what is kept is not what was sealed. */
const proofOf = async (ctx: Ctx, { facts, log_id, seq }: Delivered, sought: Sought): Promise<RowProof | null> => {
  const { leaves, generation } = facts
  if (
    !leaves ||
    !isSame(
      leaves.key.map((place) => leaves.items[place] ?? ''),
      sought.key,
    )
  )
    return null
  const { subscription_id } = sought.question
  const place = { subscription_id, generation, seq: facts.seq, root: leaves.root }
  const sealed = await findLeaves(ctx.db, place)
  if (!sealed) return null
  const kept = openKept(ctx.site.dataDir, place, sealed)
  const proof = kept && prove(kept, leaves, sought)
  if (proof && verifyRowProof(HASHER, leaves, proof)) return proof
  ctx.log.error({ log_id, seq }, 'row leaves are not those of their receipt')
  return null
}

/** Checkpoints that entries were proved under, once each. */
export type Checkpoints = Map<number, { readonly body: string; readonly signatures: readonly unknown[] }>

const toSealed = async (ctx: Ctx, { log_id, seq, body }: SealedRow, checkpoints: Checkpoints): Promise<SealedEntry> => {
  const { size, path, checkpoint } = await proveInclusion(ctx, log_id, seq)
  checkpoints.set(checkpoint.no, checkpoint)
  return { entry: body, checkpoint_no: checkpoint.no, size, path }
}

export const proveDelivery = async (
  ctx: Ctx,
  delivered: Delivered,
  { sought, checkpoints }: { readonly sought: Sought; readonly checkpoints: Checkpoints },
): Promise<{ proved: ProvedDelivery; outcome: RowOutcome }> => {
  const { facts, withheld } = delivered
  const isWithheld = withheld !== undefined
  const proof = isWithheld || facts.rows === 0 ? null : await proofOf(ctx, delivered, sought)
  const sealed = await toSealed(ctx, delivered, checkpoints)
  const proved = {
    ...sealed,
    proof,
    ...(withheld && { withheld: await toSealed(ctx, withheld, checkpoints) }),
  }
  const outcome = outcomeOf(sought.question, { facts, proof, isWithheld })
  if (outcome === undefined) throw new Error('a proof of something else was made')
  return { proved, outcome }
}
