import type { ApplicationDetail, InquiryDetail } from '@sanjiang/contract/opendata'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** What citizens brought: an application for conditional data, or an inquiry. */
type Matter = ApplicationDetail | InquiryDetail

const placesOf = (matter: Matter) =>
  'application_id' in matter
    ? { page: ['opendata', 'application', matter.application_id], lists: ['opendata', 'applications'] }
    : { page: ['opendata', 'inquiry', matter.inquiry_id], lists: ['opendata', 'inquiries'] }

/** One act on a matter: its page shows what came of it, lists and the inbox are read again. */
export const useMatterAct = <B>(send: (body: B) => Promise<Matter>, onDone?: () => void) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSuccess: (after) => {
      const { page, lists } = placesOf(after)
      client.setQueryData(page, after)
      void client.invalidateQueries({ queryKey: lists })
      void client.invalidateQueries({ queryKey: ['inbox'] })
      onDone?.()
    },
  })
}
