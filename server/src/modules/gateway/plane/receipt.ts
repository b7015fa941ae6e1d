import { hash } from 'node:crypto'
import type { Caller, Incoming } from './caller.ts'
import type { Subject } from './outgoing.ts'
import type { AttachedService, GrantRow } from './snapshot.ts'

/** What the ledger keeps of one call: who, for what, under which grant, what went out — never the data itself (C2, C3). */
export interface CallFacts {
  readonly caller: Caller
  readonly incoming: Incoming
  readonly grant?: GrantRow
  readonly service?: AttachedService
  readonly policy_version: number
  readonly subjects: readonly Subject[]
  readonly outcome: 'answered' | 'refused' | 'failed' | 'voided'
  readonly code: string | null
  readonly response?: { readonly bytes: Uint8Array; readonly rows: number }
  /** Sequence number of the receipt that this one takes back. */
  readonly voids?: number
}

const sha256 = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex')

const requestDigest = ({ method, path, query, body }: Incoming): string =>
  hash(
    'sha256',
    body && body.length > 0 ? `${method}\n${path}\n${query}\n${sha256(body)}` : `${method}\n${path}\n${query}\n`,
    'hex',
  )

/**
 * The body of a call's ledger entry. Every field is always present, so that receipts compare; they stand in the order
 * the canonical text has them, which spares sorting.
 */
export const receiptBody = (facts: CallFacts) => {
  const { caller, grant, service, response } = facts
  return {
    assurance: caller.assurance,
    case_no: caller.case_no,
    client_id: caller.client_id,
    code: facts.code,
    consumer_organ_id: grant?.consumer_organ_id ?? null,
    counter: caller.counter,
    grant_id: grant?.grant_id ?? null,
    grant_version: grant?.version ?? null,
    key_id: caller.key_id,
    officer: caller.officer,
    outcome: facts.outcome,
    policy_version: facts.policy_version,
    provider_organ_id: grant?.provider_organ_id ?? null,
    purpose_code: caller.purpose?.code ?? grant?.purpose_code ?? null,
    purpose_ref: caller.purpose?.ref ?? grant?.purpose_ref ?? null,
    request_digest: requestDigest(facts.incoming),
    resource_code: caller.resource_code,
    response_bytes: response?.bytes.length ?? null,
    response_digest: response ? sha256(response.bytes) : null,
    rows: response?.rows ?? null,
    service_version: service?.version ?? null,
    session_id: caller.session_id,
    subjects: [] as string[], // its place; the ledger fills it
    trace: facts.incoming.trace,
    voids: facts.voids ?? null,
  }
}
