import { nameKey } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import {
  acceptDuty,
  assignDuty,
  compileDuty,
  coordinateDuty,
  disputeRequest,
  escalateRequest,
  fileDemand,
  importUse,
  pickCandidate,
  raiseRequest,
  recordMeeting,
  refuseDuty,
  stateEffect,
} from '#modules/sharing/index.ts'
import { provincialOrganOf } from '../reference/organs.ts'
import { serviceItems } from '../reference/service-items.ts'
import { ACHIEVED, type Charge, MATCHING, UNSUPPLIED, type Wish } from './demand-list.ts'
import { DEMO_TODAY } from './history.ts'
import { asOfficer } from './officer.ts'
import { departmentOf } from './people.ts'

const AUTHORITY = 'dzzw.mulu'
const purposeRef = (name: string): string => serviceItems.find((one) => one.name === name)?.code ?? name

const isFiled = async (ctx: Ctx, organ_id: string, name: string): Promise<boolean> =>
  (await ctx.db
    .selectFrom('sharing.demand')
    .select('demand_id')
    .where('organ_id', '=', organ_id)
    .where('name_key', '=', nameKey(name))
    .executeTakeFirst()) !== undefined

const charge = async (ctx: Ctx, demand_id: string, { seq, on, answers = [] }: Charge): Promise<void> => {
  let organ = provincialOrganOf(seq).id
  const note = '无人提供，请贵单位限期编制目录并挂接'
  let { duty_id } = await assignDuty(await asOfficer(ctx, AUTHORITY, on), demand_id, { organ_id: organ, note })
  for (const answer of answers) {
    const word = departmentOf(organ)
    if (answer.kind === 'accept') await acceptDuty(await asOfficer(ctx, `${word}.tigong`, answer.on), duty_id, {})
    else if (answer.kind === 'compile') await compileDuty(await asOfficer(ctx, `${word}.bianmu`, answer.on), duty_id)
    else if (answer.kind === 'refuse') {
      const { code, text, basis } = answer
      const refusal = { reason_code: code, text, basis_title: basis, basis_clause: '主要职责' }
      await refuseDuty(await asOfficer(ctx, `${word}.tigong`, answer.on), duty_id, refusal)
    } else {
      if (answer.kind === 'transfer') organ = provincialOrganOf(answer.to).id
      const body = { outcome: answer.kind, text: answer.text, organ_id: organ }
      duty_id = (await coordinateDuty(await asOfficer(ctx, AUTHORITY, answer.on), duty_id, body)).duty_id
    }
  }
}

const file = async (ctx: Ctx, wish: Wish): Promise<void> => {
  const officer = await asOfficer(ctx, `${wish.word}.shiyong`, wish.filed_on)
  if (await isFiled(ctx, officer.actor.organ!.organ_id, wish.name)) return
  const { demand_id } = await fileDemand(officer, {
    name: wish.name,
    items: [...wish.items],
    description: wish.description ?? `办理“${wish.purpose}”时核对`,
    purpose_code: 'data_verification',
    purpose_ref: purposeRef(wish.purpose),
    frequency: 'daily',
    urgency: wish.urgency ?? 'normal',
    wanted_on: wish.wanted_on,
  })
  if (wish.duty) await charge(ctx, demand_id, wish.duty)
}

const requestsOf = (ctx: Ctx) =>
  ctx.db
    .selectFrom('sharing.request as r')
    .select([
      'r.request_id',
      'r.resource_id',
      'r.resource_name',
      'r.consumer_organ_id',
      'r.provider_organ_id',
      'r.purpose_ref',
      'r.access_mode',
      'r.client_id',
      'r.state',
      'r.submitted_on',
      'r.decided_on',
    ])
    .where('r.state', 'in', ['granted', 'partly_granted', 'refused', 'submitted'])
    .orderBy('r.request_id')
    .execute()

type Past = Awaited<ReturnType<typeof requestsOf>>[number]

const itemsOf = async (ctx: Ctx, requestId: string): Promise<string[]> => {
  const rows = await ctx.db
    .selectFrom('sharing.request_item')
    .select('name')
    .where('request_id', '=', requestId)
    .orderBy('seq')
    .limit(8)
    .execute()
  return rows.map(({ name }) => name)
}

const monthBefore = (date: string): string => new Date(Date.parse(date) - 25 * 86_400_000).toISOString().slice(0, 10)

/** The need behind a request that history knows; `undefined` when it was filed already. */
const fileFor = async (ctx: Ctx, past: Past): Promise<string | undefined> => {
  const username = `${departmentOf(past.consumer_organ_id)}.shiyong`
  if (await isFiled(ctx, past.consumer_organ_id, past.resource_name)) return undefined
  const { demand_id } = await fileDemand(await asOfficer(ctx, username, monthBefore(past.submitted_on!)), {
    name: past.resource_name,
    items: await itemsOf(ctx, past.request_id),
    description: '办理中须核对当事人情况，减少其提交材料',
    purpose_code: 'data_verification',
    purpose_ref: past.purpose_ref,
    supplier_organ_id: past.provider_organ_id,
    access_mode: past.access_mode as 'api',
    frequency: 'daily',
    wanted_on: '2018-03-31',
  })
  const { resource_id, request_id } = past
  await pickCandidate(await asOfficer(ctx, username, past.submitted_on!), demand_id, { resource_id, request_id })
  return demand_id
}

const FIRST_USED = '2017-11-20'

/** Systems called before the platform's own receipts begin: use, and for most of it a word on the effect. */
const letUse = async (
  ctx: Ctx,
  past: Past,
  { demandId, index }: { demandId: string; index: number },
): Promise<void> => {
  if (index % 4 === 3) return
  const grant = await ctx.db
    .selectFrom('sharing.grant')
    .select(['grant_id', 'issued_on'])
    .where('request_id', '=', past.request_id)
    .orderBy('grant_id', 'desc')
    .executeTakeFirst()
  if (!grant) return
  const used = { first_used_on: FIRST_USED, last_used_on: '2017-12-08' }
  await importUse(ctx, { grant_id: grant.grant_id, connected_on: grant.issued_on, ...used })
  if (index % 4 === 2) return
  const [kind, figure, text] = ACHIEVED[index % ACHIEVED.length]!
  const officer = await asOfficer(ctx, `${departmentOf(past.consumer_organ_id)}.shiyong`, '2017-12-06')
  const body = { kind, figure, text, from_on: FIRST_USED, until_on: '2017-12-05' }
  await stateEffect(officer, demandId, body)
}

/** Refusals that were not accepted: one negotiated, one before the authority, one before the leading group. */
const dispute = async (ctx: Ctx, past: Past, rung: number): Promise<void> => {
  const consumer = `${departmentOf(past.consumer_organ_id)}.shiyong`
  const id = past.request_id
  const since = rung === 0 ? '2017-12-04' : '2017-11-23'
  await disputeRequest(await asOfficer(ctx, consumer, since), id, '该信息项为办理事项所必需，请重新考虑')
  const meeting = { kind: 'meeting' as const, participants: '双方业务处室', text: '双方未能就信息项范围达成一致' }
  const held_on = rung === 0 ? '2017-12-07' : '2017-11-29'
  await recordMeeting(await asOfficer(ctx, consumer, held_on), id, { ...meeting, held_on })
  if (rung === 0) return
  await escalateRequest(await asOfficer(ctx, consumer, '2017-12-01'), id, '协商两次未果，提请协调')
  if (rung === 1) return
  const office = await asOfficer(ctx, AUTHORITY, '2017-12-07')
  const text = '协调会上双方坚持各自意见'
  await recordMeeting(office, id, {
    ...meeting,
    participants: '电子政务办、双方',
    document_no: '协调纪要〔2017〕12号',
    text,
    held_on: '2017-12-06',
  })
  await raiseRequest(office, id, '提请领导小组裁决')
}

const KEY_DEMANDS = 12
const OTHERS = 18

const loadChains = async (ctx: Ctx): Promise<void> => {
  const own = (await requestsOf(ctx)).filter(({ consumer_organ_id }) => departmentOf(consumer_organ_id))
  const bound = own.filter(({ client_id, state }) => client_id !== null && state !== 'submitted')
  for (const [index, past] of bound.slice(0, KEY_DEMANDS).entries()) {
    const demandId = await fileFor(ctx, past)
    if (demandId) await letUse(ctx, past, { demandId, index })
  }
  const refused = own.filter(({ state, decided_on }) => state === 'refused' && decided_on! <= '2017-11-22').slice(0, 3)
  for (const [rung, past] of refused.entries()) if (await fileFor(ctx, past)) await dispute(ctx, past, rung)
  const rest = own.filter((past) => past.client_id === null && !refused.includes(past))
  for (const past of rest.slice(0, OTHERS)) await fileFor(ctx, past)
}

/** Demands in every stage: met and used, on their way, without supplier, refused and disputed. */
export const loadDemands = async (ctx: Ctx, tell: (done: number, total: number) => void): Promise<void> => {
  await loadChains({ ...ctx, today: DEMO_TODAY })
  const wishes = [...UNSUPPLIED, ...MATCHING]
  for (const [index, wish] of wishes.entries()) {
    await file(ctx, wish)
    tell(index + 1, wishes.length)
  }
}
