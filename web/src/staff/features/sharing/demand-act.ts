import type { DemandDetail } from '@sanjiang/contract/sharing'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** An act on a demand or on a duty of it: the page, lists and to-dos are read again. */
export const useDemandAct = <In, Out>(id: string, act: (input: In) => Promise<Out>) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (answer) => {
      if ((answer as Partial<DemandDetail>).candidates) client.setQueryData(['sharing', 'demand', id], answer)
      else void client.invalidateQueries({ queryKey: ['sharing', 'demand', id] })
      void client.invalidateQueries({ queryKey: ['sharing', 'demands'] })
      void client.invalidateQueries({ queryKey: ['sharing', 'duties'] })
      void client.invalidateQueries({ queryKey: ['inbox'] })
    },
  })
}
