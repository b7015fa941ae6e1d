import type { RequestDetail } from '@sanjiang/contract/sharing'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** An act on a request: its answer is the request as it now is; lists and to-dos are read again. */
export const useRequestAct = <In>(id: string, act: (input: In) => Promise<RequestDetail>) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (request) => {
      client.setQueryData(['sharing', 'request', id], request)
      void client.invalidateQueries({ queryKey: ['sharing', 'requests'] })
      void client.invalidateQueries({ queryKey: ['sharing', 'grants'] })
      void client.invalidateQueries({ queryKey: ['inbox'] })
    },
  })
}
