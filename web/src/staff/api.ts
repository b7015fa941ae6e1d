import { CallFault, makeCall } from '@sanjiang/contract/call'

/** Page token of the session; every write carries it. Held in memory only. */
let csrf = ''
export const setPageToken = (token: string): void => {
  csrf = token
}

/** `call(endpoint, input)`: typed by the contract, refused as `CallFault`. */
export const call = makeCall({ headers: (): Record<string, string> => (csrf ? { 'x-csrf-token': csrf } : {}) })

export const problemOf = (error: unknown) => (error instanceof CallFault ? error.problem : undefined)
