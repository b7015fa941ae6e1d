import type { Person } from '@sanjiang/contract/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** An act on an account; the list is read again. */
export const usePersonAct = <In>(act: (input: In) => Promise<Person>) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: () => client.invalidateQueries({ queryKey: ['identity', 'persons'] }),
  })
}
