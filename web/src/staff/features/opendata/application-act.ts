import type { ApplicationDetail } from '@sanjiang/contract/opendata'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** One deed on an application: its page shows what came of it, lists and the inbox are read again. */
export const useApplicationAct = <B>(send: (body: B) => Promise<ApplicationDetail>, onDone?: () => void) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSuccess: (after) => {
      client.setQueryData(['opendata', 'application', after.application_id], after)
      void client.invalidateQueries({ queryKey: ['opendata', 'applications'] })
      void client.invalidateQueries({ queryKey: ['inbox'] })
      onDone?.()
    },
  })
}
