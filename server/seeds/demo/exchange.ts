import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { FeedDraft } from '@sanjiang/contract/exchange'
import type { Ctx } from '#kernel/ctx.ts'
import { attachFeed, inviteAgent, subscribe } from '#modules/exchange/index.ts'
import { tokenFile } from './departments/agents.ts'
import {
  CIVIL_AFFAIRS,
  COMMERCE,
  DEPARTMENTS,
  type Department,
  isDemoStage,
  POLICE,
  PORTAL,
  SOCIAL_SECURITY,
  TAX,
} from './departments/department.ts'
import { COMPANY_TABLE, PERSON_TABLE, type SourceTable } from './departments/tables.ts'
import { asOfficer } from './officer.ts'
import type { Published } from './published.ts'
import type { TableGrant } from './table-grants.ts'

/** Who registers an agent and works with it: the officer who provides, or the one who uses. */
const officerOf = ({ word }: Department): string =>
  `${word}.${word === POLICE.word || word === COMMERCE.word ? 'tigong' : 'shiyong'}`

const findAgent = (ctx: Ctx, { organ_id, agent_name }: Department) =>
  ctx.db
    .selectFrom('exchange.agent')
    .select(['agent_id', 'state', 'last_seen_at', 'report'])
    .where('organ_id', '=', organ_id)
    .where('name', '=', agent_name)
    .executeTakeFirst()

const withPortal = ({ site }: Ctx): readonly Department[] =>
  isDemoStage(site.stageDatabaseUrl) ? [...DEPARTMENTS, PORTAL] : DEPARTMENTS

/** Invites every department's agent and lays the one-time word where its machine looks for it. */
export const inviteAgents = async (ctx: Ctx): Promise<void> => {
  for (const department of withPortal(ctx)) {
    if (await findAgent(ctx, department)) continue
    const { token } = await inviteAgent(await asOfficer(ctx, officerOf(department)), department.agent_name)
    const file = tokenFile(ctx.site.dataDir, { department })
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(file, token, { mode: 0o600 })
  }
}

const AGENT_WAIT_MS = 90_000

interface ComeAgent {
  readonly agent_id: string
  /** Of the one connection that it tells of. */
  readonly engine: string
}

/** A department's agent, once it has come and told of its connection. */
const waitForAgent = async (ctx: Ctx, department: Department): Promise<ComeAgent> => {
  for (const end = Date.now() + AGENT_WAIT_MS; Date.now() < end; await pause(500)) {
    const agent = await findAgent(ctx, department)
    const connections = (agent?.report as { connections?: { kind: string }[] } | null)?.connections ?? []
    if (agent?.state === 'active' && connections[0]) return { agent_id: agent.agent_id, engine: connections[0].kind }
  }
  throw new Error(`${department.agent_name}没有来报`)
}

const feedOf = (
  department: Department,
  table: SourceTable,
  more: Pick<FeedDraft, 'resource_id' | 'agent_id' | 'key' | 'row_leaves'>,
): FeedDraft => ({
  ...more,
  connection: department.database,
  relation: `${table.schema}.${table.table}`,
  bindings: table.columns.map(([column, , item]) => ({ item, column })),
  mode: 'changes',
  interval_seconds: 3600,
  reject_threshold: 5,
})

/** Where there is no change stream: by the day on which an entry was last approved, looked at every minute. */
const BY_CURSOR = { mode: 'cursor', cursor_item: 'checked_on', interval_seconds: 60 } as const

const FEEDS: readonly (readonly [department: Department, table: SourceTable, resource_key: string, key: string])[] = [
  [POLICE, PERSON_TABLE, '6300003007.resident_person', 'citizen_id'],
  [COMMERCE, COMPANY_TABLE, '6300003027.company', 'credit_code'],
]

/** The officer now: after waiting for an agent, the time of the load's beginning would make it look away. */
const fresh = (ctx: Ctx, username: string): Promise<Ctx> =>
  asOfficer({ ...ctx, instant: new Date().toISOString() }, username)

/** Attaches police and commerce tables to their resources; what is attached already stays. */
export const attachTables = async (ctx: Ctx, published: ReadonlyMap<string, Published>): Promise<void> => {
  for (const [department, table, resource_key, key] of FEEDS) {
    const resource = published.get(resource_key)
    if (!resource) continue
    const { agent_id, engine } = await waitForAgent(ctx, department)
    const { resource_id, items } = resource
    const known = await ctx.db
      .selectFrom('exchange.feed')
      .select('feed_id')
      .where('resource_id', '=', resource_id)
      .where('state', '<>', 'detached')
      .executeTakeFirst()
    if (known) continue
    const shared = new Set(items.filter(({ share_type }) => share_type !== 'withheld').map(({ name_en }) => name_en))
    // Of persons it can later be shown to whom their row went.
    const row_leaves = key === 'citizen_id'
    const draft = feedOf(department, table, { resource_id, agent_id, key: [key], row_leaves })
    const bindings = draft.bindings.filter(({ item }) => shared.has(item))
    const how = engine === 'mysql' ? BY_CURSOR : {}
    await attachFeed(await fresh(ctx, officerOf(department)), { ...draft, ...how, bindings })
  }
}

const CONSUMERS: Readonly<Record<string, Department>> = {
  mz: CIVIL_AFFAIRS,
  rs: SOCIAL_SECURITY,
  ds: TAX,
  dzzw: PORTAL,
}

/** Consumers subscribe under their grants; their own agents make the tables. */
export const subscribeTables = async (
  ctx: Ctx,
  grants: readonly TableGrant[],
  grantIdOf: (grant: TableGrant) => Promise<string | undefined>,
) => {
  for (const grant of grants) {
    const department = CONSUMERS[grant.word]
    const grant_id = await grantIdOf(grant)
    if (!department || !grant_id || !withPortal(ctx).includes(department)) continue
    const { agent_id } = await waitForAgent(ctx, department)
    const known = await ctx.db
      .selectFrom('exchange.subscription')
      .select('subscription_id')
      .where('grant_id', '=', grant_id)
      .executeTakeFirst()
    if (known) continue
    await subscribe(await fresh(ctx, officerOf(department)), {
      grant_id,
      target_kind: 'table',
      agent_id,
      connection: department.database,
      target: `${department.receives}.${grant.table}`,
      may_create: true,
      reconcile_hours: 1,
    })
  }
}
