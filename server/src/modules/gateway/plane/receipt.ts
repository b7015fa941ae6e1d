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

/** The canonical body of a call's ledger entry. Every field is always present, so that receipts compare. */
export const receiptBody = (facts: CallFacts) => {
  const { caller, grant, service } = facts
  return {
    resource_code: caller.resource_code,
    grant_id: grant?.grant_id ?? null,
    grant_version: grant?.version ?? null,
    service_version: service?.version ?? null,
    client_id: caller.client_id,
    key_id: caller.key_id,
    session_id: caller.session_id,
    counter: caller.counter,
    assurance: caller.assurance,
    provider_organ_id: grant?.provider_organ_id ?? null,
    consumer_organ_id: grant?.consumer_organ_id ?? null,
    purpose_code: caller.purpose?.code ?? grant?.purpose_code ?? null,
    purpose_ref: caller.purpose?.ref ?? grant?.purpose_ref ?? null,
    case_no: caller.case_no,
    officer: caller.officer,
    request_digest: requestDigest(facts.incoming),
    outcome: facts.outcome,
    code: facts.code,
    rows: facts.response?.rows ?? null,
    response_bytes: facts.response?.bytes.length ?? null,
    response_digest: facts.response ? sha256(facts.response.bytes) : null,
    policy_version: facts.policy_version,
    voids: facts.voids ?? null,
    trace: facts.incoming.trace,
  }
}
