import { ledger } from '@sanjiang/contract'
import type { Checkpoint, Entry } from '@sanjiang/contract/ledger'
import { useQuery } from '@tanstack/react-query'
import { call, problemOf } from '../../api.ts'

export type FullEntry = Entry & { readonly body: string; readonly hash_alg: string }

export const useEntry = (log_id: string, seq: number) =>
  useQuery({
    queryKey: ['ledger', 'entry', log_id, seq],
    queryFn: (): Promise<FullEntry> => call(ledger.getEntry, { params: { log_id, seq } }),
  })

/** A checkpoint as the node shows it now; undefined when the node no longer has one of that number. */
export const findCheckpoint = async (no: number): Promise<Checkpoint | undefined> => {
  try {
    return await call(ledger.getCheckpoint, { params: { no } })
  } catch (error) {
    if (problemOf(error)?.code === 'not_found') return undefined
    throw error
  }
}
