import { Answer } from '@sanjiang/contract/exchange.door'
import { readJson } from './body.ts'
import type { AgentRequest } from './door.ts'

/** Keeps an agent's answer for whoever asked; one that comes too late, or a second one, is thanked for and dropped. */
export const takeAnswer = async ({ ctx, agent, params, request }: AgentRequest): Promise<null> => {
  const { value, trouble } = await readJson(request, Answer)
  await ctx.db
    .updateTable('exchange.question')
    .set({
      answer: value === null ? null : JSON.stringify(value),
      trouble: trouble && JSON.stringify(trouble),
      answered_at: ctx.instant,
    })
    .where('question_id', '=', params.id as string)
    .where('agent_id', '=', agent.agent_id)
    .where('answered_at', 'is', null)
    .execute()
  return null
}
