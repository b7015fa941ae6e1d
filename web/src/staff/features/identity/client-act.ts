import type { Client } from '@sanjiang/contract/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** An act on an application system: its answer is the system as it now is. */
export const useClientAct = <In>(id: string, act: (input: In) => Promise<Client>) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (after) => {
      client.setQueryData(['identity', 'client', id], after)
      void client.invalidateQueries({ queryKey: ['identity', 'clients'] })
    },
  })
}
