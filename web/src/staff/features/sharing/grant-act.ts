import type { GrantDetail } from '@sanjiang/contract/sharing'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** An act on a grant: its answer is the grant as it now is. */
export const useGrantAct = <In>(id: string, act: (input: In) => Promise<GrantDetail>) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (grant) => {
      client.setQueryData(['sharing', 'grant', id], grant)
      void client.invalidateQueries({ queryKey: ['sharing', 'grants'] })
    },
  })
}
