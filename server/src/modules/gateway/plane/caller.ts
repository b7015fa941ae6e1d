import type { Fault } from '#kernel/fault.ts'

/** Who calls, as far as the signature proves it. */
export interface Caller {
  readonly client_id: string
  /** Key that opened the session; `null` under the four-header scheme. */
  readonly key_id: string | null
  readonly session_id: string | null
  readonly counter: number | null
  readonly assurance: 'high' | 'low'
  readonly resource_code: string
  readonly purpose: { readonly code: string; readonly ref: string } | null
  readonly case_no: string | null
  readonly officer: string | null
}

/** One request as the plane sees it, body already read. */
export interface Incoming {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer | null
  readonly ip: string
  readonly trace: string
}

export const headerOf = (incoming: Incoming, name: string): string | undefined => {
  const value = incoming.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** Values that may be Chinese travel percent-encoded; anything undecodable is refused where it is used. */
export const decodedHeader = (incoming: Incoming, name: string): string | null => {
  const raw = headerOf(incoming, name)
  if (raw === undefined || raw === '') return null
  try {
    return decodeURIComponent(raw).slice(0, 200)
  } catch {
    return null
  }
}

export type Refused = { readonly caller: Caller | null; readonly fault: Fault }
