import { type ClockRun, readClock } from '@sanjiang/contract'
import type {
  Clock,
  DecisionRecord,
  Mark,
  Message,
  Request,
  RequestDetail,
  RequestItem,
  RowCondition,
} from '@sanjiang/contract/sharing'
import { type Actor, type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { listGrantIds } from './grant.store.ts'
import { LEVEL_RULES } from './ladder/ladder.rules.ts'
import { readLadder } from './ladder/ladder.view.ts'
import { listMarks } from './mark.store.ts'
import { requestCan, type Standing } from './request.rules.ts'
import {
  countRequestItems,
  findRequest,
  listDecisions,
  listMessages,
  listRequestItems,
  type RequestRow,
} from './request.store.ts'

/** What the actor is to this request, from his roles' reach. */
export const standingOf = (actor: Actor, row: RequestRow): Standing => ({
  is_consumer: reaches(scopeOf(actor, 'sharing.request.create'), row.consumer_path),
  is_provider: reaches(scopeOf(actor, 'sharing.request.decide'), row.provider_path),
  is_coordinator: scopeOf(actor, 'sharing.request.coordinate').length > 0,
  is_asker:
    actor.organ?.organ_id === row.consumer_organ_id ||
    (actor.person_id !== null && (actor.person_id === row.created_by || actor.person_id === row.submitted_by)),
})

/** The provider's clock in the current round; `null` where nobody had to answer. */
export const runOf = (row: RequestRow): ClockRun | null =>
  row.clock_started_on === null
    ? null
    : { rule_code: 'share_reply', started_on: row.clock_started_on, stopped_on: row.clock_stopped_on }

export const clockOf = (row: RequestRow, today: string): Clock | null => {
  const run = runOf(row)
  return run && readClock(run, today)
}

export const titleOf = (row: Pick<RequestRow, 'resource_name' | 'consumer_name'>): string =>
  `${row.consumer_name}申请“${row.resource_name}”`

/** The time that the rung has on which a dispute stands. */
const ladderClockOf = ({ ladder_level, ladder_opened_on }: RequestRow, today: string): Clock | null =>
  ladder_level === null || ladder_opened_on === null
    ? null
    : readClock({ rule_code: LEVEL_RULES[ladder_level]!, started_on: ladder_opened_on, stopped_on: null }, today)

export const toRequest = (ctx: Ctx, row: RequestRow, itemCount: number): Request => ({
  ...(row as unknown as Request),
  title: titleOf(row),
  row_conditions: row.row_conditions as RowCondition[],
  item_count: itemCount,
  clock: clockOf(row, ctx.today),
  ladder_clock: ladderClockOf(row, ctx.today),
  can: requestCan(row, standingOf(ctx.actor, row)),
})

export const toRequests = async (ctx: Ctx, rows: readonly RequestRow[]): Promise<Request[]> => {
  const counts = await countRequestItems(
    ctx.db,
    rows.map(({ request_id }) => request_id),
  )
  return rows.map((row) => toRequest(ctx, row, counts.get(row.request_id) ?? 0))
}

/** A request with everything said and decided about it. `not_found` when out of the actor's reach. */
export const readRequest = async (ctx: Ctx, requestId: string): Promise<RequestDetail> => {
  const row = await findRequest(ctx.db, scopeOf(ctx.actor, 'sharing.request.read'), requestId)
  if (!row) throw new Fault('not_found')
  const items = await listRequestItems(ctx.db, requestId)
  return {
    ...toRequest(ctx, row, items.length),
    items: items as unknown as RequestItem[],
    decisions: (await listDecisions(ctx.db, requestId)) as unknown as DecisionRecord[],
    messages: (await listMessages(ctx.db, requestId)) as unknown as Message[],
    marks: (await listMarks(ctx.db, 'request', requestId)) as unknown as Mark[],
    ladder: await readLadder(ctx, requestId),
    grant_ids: await listGrantIds(ctx.db, requestId),
  }
}
