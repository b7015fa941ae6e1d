import type { ErrorCode } from '@sanjiang/contract'
import { Fault } from '#kernel/fault.ts'
import type { LogWriter, Receipt } from '#modules/ledger/index.ts'
import type { Caller, Incoming } from './caller.ts'
import { type Decision, decide } from './decide.ts'
import type { Forwarder } from './forward.ts'
import { prepare, readParameters } from './outgoing.ts'
import type { Quotas } from './quota.ts'
import { type CallFacts, receiptBody } from './receipt.ts'
import { type Shaped, type Subject, shapeFor } from './shape.ts'
import type { AttachedService, GrantRow, SnapshotHolder } from './snapshot.ts'

export interface PlaneParts {
  readonly snapshots: SnapshotHolder
  readonly quotas: Quotas
  readonly forwarder: Forwarder
  readonly ledger: LogWriter
  /** Keyed hashes of the persons and firms a call is about. */
  readonly hashSubjects: (subjects: readonly Subject[]) => string[]
  readonly today: () => Promise<string>
}

export interface Answered {
  readonly bytes: Uint8Array
  readonly type: string
  readonly receipt: Receipt
  readonly grant: GrantRow
}

type Allowed = Extract<Decision, { allowed: true }>

const MAX_SUBJECTS = 200

const seal = (parts: PlaneParts, facts: CallFacts): Promise<Receipt> => {
  const subjects = parts.hashSubjects(facts.subjects.slice(0, MAX_SUBJECTS))
  return parts.ledger.append({ kind: 'call', body: receiptBody(facts), subjects: [...new Set(subjects)] })
}

const claimOf = async (parts: PlaneParts, caller: Caller) => ({
  client_id: caller.client_id,
  key_id: caller.key_id,
  resource_code: caller.resource_code,
  purpose: caller.purpose,
  assurance: caller.assurance,
  today: await parts.today(),
})

const PARSE_FAILED: unique symbol = Symbol('not JSON')

const parseJson = (bytes: Uint8Array): unknown => {
  if (bytes.length === 0) return null
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
  } catch {
    return PARSE_FAILED
  }
}

const notUsable = (reason: string): Fault => new Fault('provider_malformed', reason)

/** The provider's answer under the grant: what is visible, or whose fault it is that nothing is. */
const shapeAnswer = (grant: GrantRow, service: AttachedService, bytes: Uint8Array): Shaped => {
  const parsed = parseJson(bytes)
  if (parsed === PARSE_FAILED) throw notUsable('提供方返回的不是 JSON')
  if (parsed === null) return { rows: [], subjects: [] }
  const shaping = shapeFor(grant, service)(parsed)
  if (shaping.ok) return shaping.value
  throw service.ok_rule && shaping.reason.includes('成功状态')
    ? new Fault('provider_failed', shaping.reason)
    : notUsable(shaping.reason)
}

interface Fetched {
  readonly bytes: Uint8Array
  readonly type: string
  readonly rows: number
  readonly subjects: readonly Subject[]
}

const JSON_TYPE = 'application/json; charset=utf-8'

const fetchAnswer = async (parts: PlaneParts, { grant, service }: Allowed, incoming: Incoming): Promise<Fetched> => {
  const prepared = prepare(service, grant, readParameters(service, incoming.query, incoming.body))
  const answer = await parts.forwarder.send(service, prepared)
  if (!answer.ok) throw new Fault(answer.code, answer.detail)
  if (service.body_kind === 'passthrough')
    return {
      bytes: answer.bytes,
      type: answer.type || 'application/octet-stream',
      rows: 0,
      subjects: prepared.subjects,
    }
  const { rows, subjects } = shapeAnswer(grant, service, answer.bytes)
  const text = JSON.stringify({ resource_code: service.resource_code, count: rows.length, rows })
  return { bytes: Buffer.from(text), type: JSON_TYPE, rows: rows.length, subjects: [...prepared.subjects, ...subjects] }
}

interface Course {
  readonly caller: Caller
  readonly incoming: Incoming
  readonly version: number
}

const refusal = async (
  parts: PlaneParts,
  course: Course,
  code: ErrorCode,
  more: { detail: string; grant?: GrantRow; service?: AttachedService },
): Promise<never> => {
  const fault = new Fault(code, more.detail)
  const outcome = code.startsWith('provider_') ? 'failed' : 'refused'
  const { caller, incoming, version } = course
  await seal(parts, {
    caller,
    incoming,
    policy_version: version,
    subjects: [],
    outcome,
    code,
    grant: more.grant,
    service: more.service,
  })
  throw fault
}

/** Takes quota, asks the provider, shapes the answer; a failure is sealed as such and gives the quota back. */
const perform = async (parts: PlaneParts, course: Course, allowed: Allowed): Promise<Fetched> => {
  const { grant, service } = allowed
  const today = await parts.today()
  if (!(await parts.quotas.take(grant, today)))
    return refusal(parts, course, 'quota_exceeded', {
      detail: `授权的调用次数已用完（${grant.quota_count}）`,
      grant,
      service,
    })
  try {
    return await fetchAnswer(parts, allowed, course.incoming)
  } catch (thrown) {
    parts.quotas.giveBack(grant, today)
    if (!(thrown instanceof Fault) || thrown.code === 'ledger_unavailable') throw thrown
    const { caller, incoming, version } = course
    const outcome = thrown.code.startsWith('provider_') ? 'failed' : 'refused'
    await seal(parts, {
      caller,
      incoming,
      grant,
      service,
      policy_version: version,
      subjects: [],
      outcome,
      code: thrown.code,
    })
    throw thrown
  }
}

/**
 * One governed call: decide → quota → provider → shape → receipt → decide again if the policy moved → answer. Nothing is
 * returned before its receipt is durable; a refusal of a known client is sealed as well (architecture §6).
 */
export const governCall = async (parts: PlaneParts, caller: Caller, incoming: Incoming): Promise<Answered> => {
  const claim = await claimOf(parts, caller)
  const snapshot = parts.snapshots.current()
  const course: Course = { caller, incoming, version: snapshot.version }
  const decision = decide(snapshot, claim)
  if (!decision.allowed) {
    const newer = await parts.snapshots.freshest()
    const again = newer.version === snapshot.version ? decision : decide(newer, claim)
    if (again.allowed) return governAllowed(parts, { ...course, version: newer.version }, again)
    return refusal(parts, course, again.code, { detail: again.detail, grant: again.grant })
  }
  return governAllowed(parts, course, decision)
}

const governAllowed = async (parts: PlaneParts, course: Course, allowed: Allowed): Promise<Answered> => {
  const { caller, incoming, version } = course
  const { grant, service } = allowed
  const fetched = await perform(parts, course, allowed)
  const facts: CallFacts = {
    caller,
    incoming,
    grant,
    service,
    policy_version: version,
    subjects: fetched.subjects,
    outcome: 'answered',
    code: null,
    response: { bytes: fetched.bytes, rows: fetched.rows },
  }
  const receipt = await seal(parts, facts)
  if (receipt.policy_version > version) await assertStillAllowed(parts, facts, receipt)
  return { bytes: fetched.bytes, type: fetched.type, receipt, grant }
}

// The receipt's commit came after a change this snapshot had not seen. If the change takes the right away, nothing
// leaves, and a second receipt says so.
const assertStillAllowed = async (parts: PlaneParts, facts: CallFacts, receipt: Receipt): Promise<void> => {
  const newer = await parts.snapshots.atLeast(receipt.policy_version)
  const again = decide(newer, await claimOf(parts, facts.caller))
  const isSame =
    again.allowed && again.grant.grant_id === facts.grant?.grant_id && again.grant.version === facts.grant.version
  if (isSame && again.service.version === facts.service?.version) return
  const code: ErrorCode = again.allowed ? 'grant_revoked' : again.code
  const detail = again.allowed ? '授权或接口在调用途中变更，请重试' : again.detail
  await seal(parts, {
    ...facts,
    policy_version: newer.version,
    outcome: 'voided',
    code,
    response: undefined,
    subjects: [],
    voids: receipt.seq,
  })
  throw new Fault(code, detail)
}
