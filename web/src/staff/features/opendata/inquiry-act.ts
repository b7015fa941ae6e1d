import type { InquiryDetail } from '@sanjiang/contract/opendata'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** One act on a matter: its page shows what came of it, lists and the inbox are read again. */
export const useInquiryAct = <B>(send: (body: B) => Promise<InquiryDetail>, onDone?: () => void) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSuccess: (after) => {
      client.setQueryData(['opendata', 'inquiry', after.inquiry_id], after)
      void client.invalidateQueries({ queryKey: ['opendata', 'inquiries'] })
      void client.invalidateQueries({ queryKey: ['inbox'] })
      onDone?.()
    },
  })
}
