import type { ErrorCode } from '@sanjiang/contract'
import { Fault } from '#kernel/fault.ts'
import type { LogWriter, Receipt } from '#modules/ledger/index.ts'
import type { Caller, Incoming } from './caller.ts'
import { type Claim, decide } from './decide.ts'
import type { Forwarder } from './forward.ts'
import { type Prepared, prepare, readParameters, type Subject } from './outgoing.ts'
import { safeType, shapeAnswer } from './provider-answer.ts'
import type { Quotas } from './quota.ts'
import { type CallFacts, receiptBody } from './receipt.ts'
import type { Shaped } from './shape.ts'
import type { AttachedService, GrantRow, Snapshot, SnapshotHolder } from './snapshot.ts'

export interface PlaneParts {
  readonly snapshots: SnapshotHolder
  readonly quotas: Quotas
  readonly forwarder: Forwarder
  readonly ledger: LogWriter
  /** Keyed hashes of the persons and firms a call is about. */
  readonly hashSubjects: (subjects: readonly Subject[]) => string[]
  /** Business date; a promise only when it has to be looked up. */
  readonly today: () => string | Promise<string>
}

export interface Answered {
  readonly bytes: Uint8Array
  readonly type: string
  readonly receipt: Receipt
  readonly grant: GrantRow
}

const MAX_SUBJECTS = 1000

const seal = (parts: PlaneParts, facts: CallFacts): Promise<Receipt> =>
  parts.ledger.append({ kind: 'call', body: receiptBody(facts), subjects: parts.hashSubjects(facts.subjects) })

const claimOf = (caller: Caller, today: string): Claim => ({
  client_id: caller.client_id,
  key_id: caller.key_id,
  resource_code: caller.resource_code,
  purpose: caller.purpose,
  assurance: caller.assurance,
  grant_id: caller.grant_id,
  today,
})

interface Fetched {
  readonly bytes: Uint8Array
  readonly type: string
  readonly rows: number
  readonly subjects: readonly Subject[]
}

const NOTHING: Shaped = { rows: [], subjects: [] }

// Everyone concerned must stand in the receipt, or "谁查了我" would be incomplete; so an answer about more is refused.
const distinct = (subjects: readonly Subject[]): Subject[] => {
  if (subjects.length < 2) return [...subjects]
  const found = [...new Map(subjects.map((one) => [`${one.kind} ${one.value}`, one])).values()]
  if (found.length > MAX_SUBJECTS)
    throw new Fault('provider_too_large', `一次返回涉及 ${found.length} 个当事人，上限 ${MAX_SUBJECTS}，请缩小查询范围`)
  return found
}

const JSON_TYPE = 'application/json; charset=utf-8'

const toJson = (service: AttachedService, rows: Shaped['rows']): Buffer =>
  Buffer.from(JSON.stringify({ resource_code: service.resource_code, count: rows.length, rows }))

interface Allowed {
  readonly grant: GrantRow
  readonly service: AttachedService
  readonly prepared: Prepared
}

interface Refused {
  readonly fault: Fault
  readonly grant?: GrantRow
  readonly service?: AttachedService
}

/** What one policy makes of a call: the request to the provider, or why there is none. */
const plan = (snapshot: Snapshot, claim: Claim, incoming: Incoming): Allowed | Refused => {
  const decision = decide(snapshot, claim)
  if (!decision.allowed) return { fault: new Fault(decision.code, decision.detail), grant: decision.grant }
  const { grant, service } = decision
  try {
    return { grant, service, prepared: prepare(service, grant, readParameters(service, incoming.query, incoming.body)) }
  } catch (fault) {
    if (fault instanceof Fault) return { fault, grant, service }
    throw fault
  }
}

const fetchAnswer = async (parts: PlaneParts, { grant, service, prepared }: Allowed): Promise<Fetched> => {
  const answer = await parts.forwarder.send(service, prepared)
  if (!answer.ok) throw new Fault(answer.code, answer.detail)
  if (service.body_kind === 'passthrough')
    return { bytes: answer.bytes, type: safeType(answer.type), rows: 0, subjects: prepared.subjects }
  const shaped = answer.isAbsent ? NOTHING : shapeAnswer(grant, service, answer)
  const subjects = distinct([...prepared.subjects, ...shaped.subjects])
  return { bytes: toJson(service, shaped.rows), type: JSON_TYPE, rows: shaped.rows.length, subjects }
}

interface Course {
  readonly caller: Caller
  readonly incoming: Incoming
  /** Policy version the call was decided on. */
  readonly version: number
  readonly today: string
}

/** Seals that nothing was answered and why; a known client's refusals are part of the record as well. */
const refuse = async (parts: PlaneParts, course: Course, { fault, grant, service }: Refused): Promise<never> => {
  const { caller, incoming, version } = course
  const { code } = fault
  const outcome = code.startsWith('provider_') ? 'failed' : 'refused'
  await seal(parts, { caller, incoming, grant, service, policy_version: version, subjects: [], outcome, code })
  throw fault
}

/** Takes quota, asks the provider, shapes the answer; a failure is sealed as such and gives the quota back. */
const perform = async (parts: PlaneParts, course: Course, allowed: Allowed): Promise<Fetched> => {
  const { grant } = allowed
  const taken = parts.quotas.take(grant, course.today)
  if (!(typeof taken === 'boolean' ? taken : await taken)) {
    const fault = new Fault('quota_exceeded', `授权的调用次数已用完（${grant.quota_count}）`)
    return refuse(parts, course, { ...allowed, fault })
  }
  try {
    return await fetchAnswer(parts, allowed)
  } catch (fault) {
    parts.quotas.giveBack(grant, course.today)
    if (fault instanceof Fault) return refuse(parts, course, { ...allowed, fault })
    throw fault
  }
}

/**
 * One governed call: decide → quota → provider → shape → receipt → decide again if the policy moved → answer. Nothing is
 * returned before its receipt is durable; a refusal of a known client is sealed as well (architecture §6).
 */
export const governCall = async (parts: PlaneParts, caller: Caller, incoming: Incoming): Promise<Answered> => {
  const day = parts.today()
  const today = typeof day === 'string' ? day : await day
  const claim = claimOf(caller, today)
  const snapshot = parts.snapshots.current()
  const course: Course = { caller, incoming, version: snapshot.version, today }
  const planned = plan(snapshot, claim, incoming)
  if (!('fault' in planned)) return answer(parts, course, planned)
  // Before a refusal the policy is brought up to date, so that what was granted or changed just now is honoured.
  const newer = await parts.snapshots.freshest()
  const again = newer === snapshot ? planned : plan(newer, claim, incoming)
  const fresh: Course = { ...course, version: newer.version }
  return 'fault' in again ? refuse(parts, fresh, again) : answer(parts, fresh, again)
}

const answer = async (parts: PlaneParts, course: Course, allowed: Allowed): Promise<Answered> => {
  const { grant, service } = allowed
  const { bytes, type, rows, subjects } = await perform(parts, course, allowed)
  const facts: CallFacts = {
    caller: course.caller,
    incoming: course.incoming,
    grant,
    service,
    policy_version: course.version,
    subjects,
    outcome: 'answered',
    code: null,
    response: { bytes, rows },
  }
  const receipt = await seal(parts, facts)
  if (receipt.policy_version > course.version) await assertStillAllowed(parts, { ...course, facts, allowed }, receipt)
  return { bytes, type, receipt, grant }
}

// The receipt's commit came after a change this snapshot had not seen. If the change takes the right away, nothing
// leaves, and a second receipt says so.
const assertStillAllowed = async (
  parts: PlaneParts,
  { caller, today, facts, allowed: { grant, service } }: Course & { facts: CallFacts; allowed: Allowed },
  receipt: Receipt,
): Promise<void> => {
  const newer = await parts.snapshots.atLeast(receipt.policy_version)
  const again = decide(newer, { ...claimOf(caller, today), grant_id: grant.grant_id })
  if (again.allowed && again.grant.version === grant.version && again.service.version === service.version) return
  // Another grant may stand in its place, as when a decision's takes over the one of the unconditional items.
  const left = again.allowed ? again : decide(newer, claimOf(caller, today))
  const code: ErrorCode = left.allowed ? 'grant_changed' : left.code
  const detail = left.allowed ? undefined : left.detail
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
