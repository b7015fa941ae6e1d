/** Who calls, as far as the signature proves it. */
export interface Caller {
  readonly client_id: string
  /** Key that opened the session; `null` under the four-header scheme. */
  readonly key_id: string | null
  readonly session_id: string | null
  readonly counter: number | null
  readonly assurance: 'high' | 'low'
  readonly resource_code: string
  /** `null` under the four-header scheme, which carries none. */
  readonly purpose: { readonly code: string; readonly ref: string } | null
  readonly case_no: string | null
  readonly officer: string | null
  /** Which of several grants the caller wants to use; chooses among its own, so it need not be signed. */
  readonly grant_id: string | null
}

export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** A request as far as it can be judged before its body is read. */
export interface Head {
  readonly method: string
  /** As sent. */
  readonly path: string
  /** As sent, with the leading `?`; empty when there is none. */
  readonly query: string
  readonly headers: Headers
  readonly ip: string
  readonly trace: string
}

/** One request as the plane sees it, body read. */
export interface Incoming extends Head {
  readonly body: Buffer | null
}
