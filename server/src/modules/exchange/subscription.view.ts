import type { Subscription, SubscriptionDetail } from '@sanjiang/contract/exchange'
import type { Report } from '@sanjiang/contract/exchange.door'
import { PULL } from '@sanjiang/contract/exchange.pull'
import type { GrantedItem, RowCondition } from '@sanjiang/contract/sharing.terms'
import { ROW_HANDLE } from '@sanjiang/seal'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { isOnline } from './agent.service.ts'
import { listItems } from './feed.store.ts'
import { countNotices } from './notice/notice.store.ts'
import { findLatestReconciliations } from './reconciliation.view.ts'
import { leavesMonthsOf } from './retention.service.ts'
import { ASK, rowFormOf, rowKeyFor } from './row.service.ts'
import { findRuns } from './run.view.ts'
import { isComparable } from './subscription.rules.ts'
import { findReports, type SubscriptionRow } from './subscription.store.ts'
import { targetKeyOf } from './union.rules.ts'
import { findWebhook } from './webhook.store.ts'

const EDIT = 'exchange.subscription.edit'
const RECONCILE = 'exchange.subscription.reconcile'

const VERBS: Readonly<Record<string, readonly string[]>> = {
  active: ['pause', 'rewind', 'resnapshot', 'end'],
  paused: ['resume', 'rewind', 'resnapshot', 'end'],
  faulted: ['resume', 'rewind', 'resnapshot', 'end'],
  stopped: ['end'],
  ended: [],
}

const verbsOf = (ctx: Ctx, row: SubscriptionRow): string[] => {
  const { consumer_path, provider_path, state, target_kind } = row
  const can = reaches(scopeOf(ctx.actor, EDIT), consumer_path) ? [...(VERBS[state] ?? [])] : []
  // Without another verb than ending it, there is nobody to tell.
  if (target_kind === 'push' && can.length > 1) can.push('retry_notices', 'renew_secret')
  const scope = scopeOf(ctx.actor, RECONCILE)
  const mayReconcile = reaches(scope, consumer_path) || reaches(scope, provider_path)
  if (mayReconcile && state === 'active' && isComparable(row)) can.push('reconcile')
  return mayAskRow(ctx, row) ? [...can, 'ask_row'] : can
}

const mayAskRow = (ctx: Ctx, { consumer_path, provider_path }: SubscriptionRow): boolean => {
  const scope = scopeOf(ctx.actor, ASK)
  return reaches(scope, consumer_path) || reaches(scope, provider_path)
}

/** How long the oldest change that has not reached the target has been in the source's log. */
const lagOf = ({ waiting_since, last_chunk_at }: SubscriptionRow, instant: string): number | null => {
  if (last_chunk_at === null) return null
  return waiting_since === null ? 0 : Math.max(0, (Date.parse(instant) - Date.parse(waiting_since)) / 1000)
}

const INTERNAL = [
  'provider_path',
  'consumer_path',
  'base_run_id',
  'recent_rows',
  'source_run_id',
  'items',
  'key',
  'feed_state',
  'row_conditions',
  'target_report',
  'files_fetched',
  'files_bytes',
  'bindings',
  'keeps_leaves',
  'waiting_since',
  'client_id',
  'client_name',
] as const

const filesOf = (row: SubscriptionRow): Subscription['files'] => {
  if (row.file_format !== 'files') return null
  const loads = (row.target_report as Report | null)?.loads ?? []
  const under_way = loads.find(({ subscription_id }) => subscription_id === row.subscription_id)?.files ?? null
  return { files: row.files_fetched, bytes: row.files_bytes, under_way }
}

const toSubscription = (ctx: Ctx, row: SubscriptionRow): Omit<Subscription, 'last_reconciliation' | 'source_run'> => {
  const shown: Record<string, unknown> = { ...row }
  for (const name of INTERNAL) delete shown[name]
  return {
    ...shown,
    offset: row.next_seq,
    behind_chunks: Math.max(0, row.head - row.next_seq),
    lag_seconds: lagOf(row, ctx.instant),
    rows_per_second: row.recent_rows > 0 ? Math.round(row.recent_rows / 60) : null,
    files: filesOf(row),
    can: verbsOf(ctx, row),
  } as never
}

export const toSubscriptions = async (ctx: Ctx, rows: readonly SubscriptionRow[]): Promise<Subscription[]> => {
  const ids = rows.map(({ subscription_id }) => subscription_id)
  const runs = await findRuns(
    ctx.db,
    rows.flatMap(({ source_run_id }) => source_run_id ?? []),
  )
  const reconciliations = await findLatestReconciliations(ctx.db, ids)
  return rows.map((row) => ({
    ...toSubscription(ctx, row),
    source_run: runs.get(row.source_run_id ?? '') ?? null,
    last_reconciliation: reconciliations.get(row.subscription_id) ?? null,
  }))
}

type Place = SubscriptionDetail['route'][number]
type ReportRow = Awaited<ReturnType<typeof findReports>>[number]

/**
 * A report tells the moment it was sent, and the next may be a minute away: what has reached the log since does not wait any more. At the
 * target's side nothing of this transfer waits: its agent fetches what it loads.
 */
const backlogOf = ({ report }: ReportRow, { feed_id, head }: SubscriptionRow): number => {
  const said = report as Report | null
  const fed = said?.feeds.find((one) => one.feed_id === feed_id)
  return said !== null && fed !== undefined && fed.spooled_seq > head ? said.backlog_bytes : 0
}

interface Placing {
  readonly place: Place['place']
  readonly agent: ReportRow | undefined
  readonly backlog: number
}

const agentPlace = (ctx: Ctx, { place, agent, backlog }: Placing): Place => {
  const isAway = agent?.state !== 'active' || !isOnline(agent.last_seen_at, ctx.instant)
  return {
    place,
    title: agent?.name ?? '—',
    state: isAway ? 'away' : backlog > 0 ? 'busy' : 'well',
    detail: isAway ? '没有来报' : backlog > 0 ? '有数据等待上送' : '正常',
    waiting_bytes: backlog,
  }
}

/** The drawn route: source, its agent, the centre, the consumer's agent, the target. */
const routeOf = async (ctx: Ctx, row: SubscriptionRow): Promise<Place[]> => {
  const ids = [row.source_agent_id, row.agent_id].filter((id) => id !== null)
  const agents = new Map((await findReports(ctx.db, ids)).map((agent) => [agent.agent_id, agent]))
  const source = agents.get(row.source_agent_id)
  const fed = (source?.report as Report | null)?.feeds.find(({ feed_id }) => feed_id === row.feed_id)
  const behind = Math.max(0, row.head - row.next_seq)
  const isStuck = row.state === 'faulted' || row.trouble !== null
  const target: Place = {
    place: 'target',
    title: row.target ?? row.webhook_url ?? '—',
    state: isStuck ? 'stuck' : behind > 0 ? 'busy' : 'well',
    detail: isStuck
      ? ((row.trouble as { message?: string } | null)?.message ?? '停住')
      : row.last_accepted_at
        ? '已签收到最新一块'
        : '还没有签收',
    waiting_bytes: null,
  }
  return [
    {
      place: 'source',
      title: row.relation,
      state: fed?.trouble ? 'stuck' : row.feed_state === 'active' ? 'well' : 'away',
      detail: fed?.trouble?.message ?? (row.feed_state === 'active' ? '正常' : '挂接未在运行'),
      waiting_bytes: null,
    },
    agentPlace(ctx, { place: 'source_agent', agent: source, backlog: source ? backlogOf(source, row) : 0 }),
    {
      place: 'centre',
      title: '交换平台',
      state: behind > 0 ? 'busy' : 'well',
      detail: behind > 0 ? `${behind} 块待交付` : '没有积压',
      waiting_bytes: null,
    },
    ...(row.agent_id ? [agentPlace(ctx, { place: 'target_agent', agent: agents.get(row.agent_id), backlog: 0 })] : []),
    target,
  ]
}

/** By what rows are asked for, with the names of the items as the catalogue has them now. */
const rowLeavesOf = async (ctx: Ctx, row: SubscriptionRow): Promise<SubscriptionDetail['row_leaves']> => {
  const names = new Map((await listItems(ctx.db, row.resource_id)).map(({ name_en, name }) => [name_en, name]))
  const named = (item: string) => ({ item, name: item === ROW_HANDLE ? '行代号' : (names.get(item) ?? item) })
  return {
    kept: row.keeps_leaves,
    months: leavesMonthsOf(ctx),
    key: rowKeyFor(ctx, row).map(named),
    items: rowFormOf(row).items.map(named),
  }
}

const noticesOf = async ({ db, site }: Ctx, { subscription_id, client_id, client_name }: SubscriptionRow) => {
  const webhook = await findWebhook(db, subscription_id)
  return {
    ...(await countNotices(db, subscription_id)),
    pull_url: site.exchangeUrl + PULL.next(subscription_id),
    client_id,
    client_name,
    secret_issued_at: webhook?.issued_at ?? null,
    former_secret_until: webhook?.former_until ?? null,
  }
}

export const toSubscriptionDetail = async (ctx: Ctx, row: SubscriptionRow): Promise<SubscriptionDetail> => {
  const [subscription] = await toSubscriptions(ctx, [row])
  const items = row.items as GrantedItem[]
  return {
    ...(subscription as Subscription),
    items: items.map(({ name_en, name, mask_rule }) => ({ item: name_en, name, mask_rule })),
    target_key: targetKeyOf({ items, row_conditions: row.row_conditions as RowCondition[] }, row.key as string[]),
    row_leaves: await rowLeavesOf(ctx, row),
    reconcile_hours: row.reconcile_hours,
    may_create: row.may_create,
    route: await routeOf(ctx, row),
    notices: row.target_kind === 'push' ? await noticesOf(ctx, row) : null,
  }
}
