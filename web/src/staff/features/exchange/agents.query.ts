import { exchange } from '@sanjiang/contract'
import type { Agent } from '@sanjiang/contract/exchange'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'

/** A department has a handful of agents; those not in use are left out. */
export const useActiveAgents = (organ_id: string) =>
  useQuery({
    queryKey: ['exchange', 'agents', 'choice', organ_id],
    queryFn: async (): Promise<readonly Agent[]> => {
      const { rows } = await call(exchange.listAgents, { query: { organ_id, limit: 200 } })
      return rows.filter(({ state }) => state === 'active')
    },
  })

export const agentOption = ({ agent_id, name, is_online }: Agent) => ({
  value: agent_id,
  label: is_online ? name : `${name}（失联）`,
})
