import type { Accepted } from '@sanjiang/contract/exchange.door'
import { doorText } from '@sanjiang/contract/exchange.door'
import { chunksRoot, hex } from '@sanjiang/seal'
import type { Static } from 'typebox'
import { Fault } from '#kernel/fault.ts'
import * as store from './delivery.store.ts'
import { HASHER } from './hasher.ts'
import type { DeliveryParts } from './open.ts'
import { readTerms } from './terms.store.ts'

/** Whoever signs for what it has taken: an agent, or an application that pulls. */
export interface Signer {
  readonly by: { readonly agent_id: string } | { readonly client_id: string }
  readonly key_id: string
  /** Verifies a text against the signer's own public key. */
  verify(text: string, signature: string): boolean
}

type Body = Static<typeof Accepted>

const assertSigned = (signer: Signer, subscriptionId: string, body: Body): void => {
  const { from, to, root, signature } = body
  const text = doorText.accepted({ subscription_id: subscriptionId, from, to, root })
  if (!signer.verify(text, signature)) throw new Fault('signature_invalid')
}

/**
 * The consumer's word that chunks `from`…`to` stand in its target: held to what was delivered, sealed, then counted. Said again, it is
 * acknowledged without being sealed twice.
 */
export const accept = async (
  parts: DeliveryParts,
  signer: Signer,
  { reader, body }: { reader: store.Reader; body: Body },
): Promise<{ next_seq: number }> => {
  const { from, to, root, rows } = body
  if (to < from) throw new Fault('invalid', '区间不对')
  assertSigned(signer, reader.subscription_id, body)
  const delivered = await store.listDelivered(parts.db, reader, { from, to })
  if (delivered.length === 0) throw new Fault('conflict', '这些数据块没有交付过')
  const digests = delivered.map(({ digest }) => digest)
  if (hex(chunksRoot(HASHER, digests)) !== root) throw new Fault('digest_mismatch', '签收的与交付的不是同一内容')
  if (delivered.every(({ accepted_at }) => accepted_at !== null)) return { next_seq: to + 1 }
  await seal(parts, signer, { reader, body, chunks: delivered.length })
  const fresh = delivered.filter(({ accepted_at }) => accepted_at === null).reduce((sum, one) => sum + one.rows, 0)
  const at = new Date().toISOString()
  await parts.db.transaction().execute(async (tx) => {
    await store.lockReader(tx, reader.subscription_id)
    await store.setAccepted(tx, reader, { from, to, at, rows: Math.min(fresh, rows) })
  })
  await tellRefused(parts, reader, body)
  return { next_seq: to + 1 }
}

const seal = async (
  parts: DeliveryParts,
  signer: Signer,
  { reader, body, chunks }: { reader: store.Reader; body: Body; chunks: number },
) => {
  const terms = await readTerms(parts.db, reader.grant_id)
  const facts = {
    ...signer.by,
    chunks,
    consumer_organ_id: terms.consumer_organ_id,
    feed_id: reader.feed_id,
    from: body.from,
    generation: reader.generation,
    grant_id: terms.grant_id,
    key_id: signer.key_id,
    provider_organ_id: terms.provider_organ_id,
    refused: body.refused?.length ?? 0,
    resource_code: terms.resource_code,
    root: body.root,
    rows: body.rows,
    signature: body.signature,
    subscription_id: reader.subscription_id,
    to: body.to,
  }
  await parts.ledger.append({ kind: 'chunk_accepted', body: facts })
}

/** Lines the target would not take are the consumer's matter; the transfer goes on and says so. */
const tellRefused = async (
  { db }: DeliveryParts,
  { subscription_id }: store.Reader,
  { refused = [] }: Body,
): Promise<void> => {
  if (refused.length === 0) return
  const [first] = refused
  const message = `目标拒收 ${refused.length} 行，如 ${first?.row_key}：${first?.reason}`
  const trouble = { code: 'target_refused', party: 'consumer', message, at: new Date().toISOString() }
  await db
    .updateTable('exchange.subscription')
    .set({ trouble: JSON.stringify(trouble) })
    .where('subscription_id', '=', subscription_id)
    .execute()
}
