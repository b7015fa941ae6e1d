import { doorText, type Enrolled, Enrolment } from '@sanjiang/contract/exchange.door'
import { keyIdOf } from '@sanjiang/seal'
import type { Static } from 'typebox'
import { inTx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { hashToken } from '../agent.service.ts'
import { readJson } from './body.ts'
import type { DoorRequest } from './door.ts'
import * as store from './door-agent.store.ts'
import { isSigned } from './signature.ts'
import { Throttle } from './throttle.ts'

const KEY_BYTES = 32
/** Words have 160 bits; this only keeps one place from spending our time on them. */
const tries = new Throttle(60)

const keyOf = (text: string): Buffer => {
  const key = Buffer.from(text, 'base64')
  if (key.length !== KEY_BYTES) throw new Fault('invalid', '公钥应为 32 字节 Ed25519 的 base64')
  return key
}

/**
 * A machine shows the word its officer carried to it, and the key it has made. The word opens once: said again, only the
 * same key gets the same answer, so that an answer lost on the way costs nothing and a word overheard is worth nothing.
 */
export const enrol = async ({ ctx, request, address }: DoorRequest): Promise<Static<typeof Enrolled>> => {
  tries.assertMayTry(address)
  const { token, public_key, signature, version } = await readJson(request, Enrolment)
  const key = keyOf(public_key)
  if (!isSigned(key, doorText.enrol(token, public_key), signature)) throw new Fault('signature_invalid')
  return inTx(ctx, async (tx) => {
    const agent = await store.lockInvited(tx, hashToken(token))
    const isOver = !agent || (agent.token_expires_at ?? '') < ctx.instant
    if (isOver || agent.state === 'suspended') throw new Fault('token_invalid')
    const { agent_id, organ_id, organ_name, name, epoch } = agent
    const enrolled = { agent_id, organ_id, organ_name, name, epoch }
    if (agent.state === 'active') {
      if (!agent.public_key?.equals(key)) throw new Fault('token_invalid')
      return enrolled
    }
    const key_id = keyIdOf(key)
    await store.setEnrolled(tx, agent_id, { public_key: key, key_id, version })
    await record(tx, ctx, {
      type: 'exchange.agent.enrolled',
      subject_kind: 'exchange.agent',
      subject_id: agent_id,
      organ_id,
      after: { title: name, key_id, version, ip: address },
    })
    return enrolled
  })
}
