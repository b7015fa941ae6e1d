import { setTimeout as pause } from 'node:timers/promises'
import type { Permission } from '@sanjiang/contract'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { isOnline } from './agent.service.ts'
import { findAgent } from './agent.store.ts'
import * as store from './question.store.ts'
import { wakeAgent } from './wake.ts'

const WAIT_MS = 20_000
const LOOK_MS = 100

interface Asked {
  readonly agent_id: string
  readonly kind: store.NewQuestion['kind']
  readonly connection: string
  readonly body: unknown
  /** Whose reach the agent must lie in; the provider's own where it is left out. */
  readonly under?: Permission
}

/**
 * Asks an agent of the actor's organ something and waits for its answer, outside any transaction. 409 `agent_away` where it
 * does not answer in time; the agent's own trouble becomes `invalid` with its sentence.
 */
export const ask = async <T>(ctx: Ctx, { agent_id, under = 'exchange.feed.edit', ...asked }: Asked): Promise<T> => {
  const agent = await findAgent(ctx.db, scopeOf(ctx.actor, under), agent_id)
  if (!agent) throw new Fault('not_found', '没有这个前置节点，或它不属于本部门')
  if (agent.state !== 'active' || !isOnline(agent.last_seen_at, ctx.instant)) throw new Fault('agent_away')
  const question_id = newId()
  const expires_at = new Date(Date.parse(ctx.instant) + WAIT_MS).toISOString()
  await inTx(ctx, async (tx) => {
    await store.insertQuestion(tx, { question_id, agent_id, ...asked, asked_at: ctx.instant, expires_at })
    await wakeAgent(tx, agent_id)
  })
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause(LOOK_MS)) {
    const found = await store.findAnswer(ctx.db, question_id)
    if (!found) continue
    await store.deleteQuestion(ctx.db, question_id)
    if (found.trouble) throw new Fault('invalid', `前置节点答复：${found.trouble.message}`)
    return found.value as T
  }
  await store.deleteQuestion(ctx.db, question_id)
  throw new Fault('agent_away', '前置节点没有在 20 秒内答复')
}
