import { ledger } from '@sanjiang/contract'
import { parseTrust, type Trust } from '@sanjiang/seal'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api.ts'
import { type PinnedTrust, pinTrust, readPinned, unpinTrust } from './pinned-trust.ts'

export interface TrustState {
  /** What to judge by: the pinned trust, else what the node says of itself. */
  readonly trust: Trust | undefined
  readonly pinned: PinnedTrust | undefined
  readonly offered: Trust | undefined
  pin(trust: Trust): void
  unpin(): void
}

/** The trust this browser judges by. Until it is pinned, the node vouches for itself, and the pages say so. */
export const useTrust = (): TrustState => {
  const [pinned, setPinned] = useState(readPinned)
  const query = useQuery({
    queryKey: ['ledger', 'trust'],
    queryFn: async () => parseTrust(JSON.stringify(await call(ledger.getTrust, {}))),
    staleTime: 60_000,
  })
  return {
    trust: pinned?.trust ?? query.data,
    pinned,
    offered: query.data,
    pin: (trust) => setPinned(pinTrust(trust)),
    unpin: () => {
      unpinTrust()
      setPinned(undefined)
    },
  }
}
