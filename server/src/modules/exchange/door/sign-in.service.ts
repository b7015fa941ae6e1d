import { randomBytes } from 'node:crypto'
import { DOOR, type DoorSession, DoorSignIn, doorText } from '@sanjiang/contract/exchange.door'
import type { Static } from 'typebox'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { hashToken } from '../agent.service.ts'
import { readJson } from './body.ts'
import type { DoorRequest } from './door.ts'
import * as store from './door-agent.store.ts'
import { isSigned } from './signature.ts'
import { Throttle } from './throttle.ts'

type SignIn = Static<typeof DoorSignIn>
/** A department's agents may all leave through one address; each signs in once in a quarter of an hour. */
const tries = new Throttle(600)

type Locked = NonNullable<Awaited<ReturnType<typeof store.lockForSignIn>>>

const assertGenuine = (agent: Locked | undefined, said: SignIn, instant: string): Locked => {
  const skew = Math.abs(Date.parse(instant) / 1000 - said.created)
  if (skew > DOOR.clock_skew_seconds)
    throw new Fault('clock_skew', `前置节点的时钟与平台相差 ${Math.round(skew)} 秒，平台时间为 ${instant}`)
  if (!agent?.public_key || !isSigned(agent.public_key, doorText.signIn(said), said.signature))
    throw new Fault('signature_invalid', '没有这个前置节点，或签名与登记的公钥不符')
  if (agent.state !== 'active') throw new Fault('forbidden', '前置节点已停用')
  return agent
}

/**
 * Each sign-in proposes the next epoch; the same proposal said again gets the same one. Whoever knows only an older epoch
 * is a copy restored from a backup, or the original after the copy signed in first: refused (ADR 0004).
 */
const takeEpoch = async (tx: Tx, agent: Locked, { epoch, proposal }: SignIn): Promise<number | null> => {
  if (agent.proposal === proposal && epoch === agent.epoch - 1) return agent.epoch
  if (epoch !== agent.epoch) return null
  await store.setEpoch(tx, agent.agent_id, { epoch: epoch + 1, proposal })
  return epoch + 1
}

export const signIn = async ({ ctx, request, address }: DoorRequest): Promise<Static<typeof DoorSession>> => {
  tries.assertMayTry(address)
  const said = await readJson(request, DoorSignIn)
  const token = randomBytes(32).toString('base64url')
  const expires_at = new Date(Date.parse(ctx.instant) + DOOR.session_seconds * 1000).toISOString()
  const session = await inTx(ctx, async (tx) => {
    const agent = assertGenuine(await store.lockForSignIn(tx, said.agent_id), said, ctx.instant)
    const { agent_id, organ_id, name } = agent
    const epoch = await takeEpoch(tx, agent, said)
    if (epoch === null) {
      await record(tx, ctx, {
        type: 'exchange.agent.fenced',
        subject_kind: 'exchange.agent',
        subject_id: agent_id,
        organ_id,
        after: { title: name, epoch: agent.epoch, said: said.epoch, ip: address },
      })
      return null
    }
    await store.insertSession(tx, { token_hash: hashToken(token), agent_id, epoch, expires_at }, ctx.instant)
    await store.setVersion(tx, agent_id, said.version, ctx.instant)
    return { token, epoch, expires_at }
  })
  if (!session) throw new Fault('agent_fenced')
  return session
}
