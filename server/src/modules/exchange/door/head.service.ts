import type { Head } from '@sanjiang/contract/exchange.door'
import { Fault } from '#kernel/fault.ts'
import type { AgentRequest } from './door.ts'
import { findLog, type LogFeed, toHead } from './log.store.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The feed of the address, when this agent writes its log; nobody learns of another's. */
export const ownFeed = async ({ ctx, agent, params }: AgentRequest): Promise<LogFeed> => {
  const feed = UUID.test(params.id ?? '') && (await findLog(ctx.db, agent.agent_id, params.id as string))
  if (!feed) throw new Fault('not_found', '没有这个挂接，或它不由本节点读取')
  return feed
}

export const getHead = async (request: AgentRequest): Promise<Head> => toHead(await ownFeed(request))
