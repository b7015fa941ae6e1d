import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { loadConfig } from '#config'
import type { Ctx, House } from '#kernel/ctx.ts'
import { type ImportRow, importPublished } from '#modules/catalog/index.ts'
import { importClients, importPeople, setClock } from '#modules/identity/index.ts'
import { importHistory } from '#modules/sharing/index.ts'
import { importSystems } from '#modules/systems/index.ts'
import { openSeedHouse } from '../house.ts'
import { readMark } from '../mark.ts'
import { provincialOrganOf } from '../reference/organs.ts'
import { loadApplications } from './applications.ts'
import { attachOffers, ORIGIN_MARK } from './attach.ts'
import { loadBatches } from './batches.ts'
import { type ClientWord, DEMO_CLIENTS, demoClients } from './clients.ts'
import { loadCorrections } from './corrections.ts'
import { loadDemands } from './demands.ts'
import { PORTAL } from './departments/department.ts'
import { draftDialect } from './dialect.ts'
import { attachTables, inviteAgents, subscribeTables } from './exchange.ts'
import { KEY_GRANTS, requestOf } from './grants.ts'
import { loadHarvest } from './harvest.ts'
import { DEMO_TODAY, type PlannedRequest, planHistory } from './history.ts'
import { loadInquiries } from './inquiries.ts'
import { openExchanged } from './open/exchanged.ts'
import { loadOpenData } from './open/load.ts'
import { ACCOUNT_LINES, demoPeople, nameAt } from './people.ts'
import { findPublished } from './published.ts'
import { hash } from './random.ts'
import { makeFirms } from './registry/firms.ts'
import { makeOffers } from './registry/offers.ts'
import { makePeople } from './registry/people.ts'
import { loadReleases } from './releases.ts'
import { type DemoResource, demoResources } from './resources.ts'
import { loadSources } from './sources.ts'
import { piecesOf, runSteps, type Step, type Tell } from './step.ts'
import { demoSystems } from './systems.ts'
import { TABLE_GRANTS, type TableGrant, tableNo, tableRequestOf } from './table-grants.ts'
import { loadUsage } from './usage.ts'
import { planWaiting } from './waiting.ts'
import { loadWorking } from './working.ts'

const setToday = (ctx: Ctx): Promise<unknown> => setClock(ctx, DEMO_TODAY)

const loadPeople = async (ctx: Ctx): Promise<void> => {
  const people = demoPeople()
  const known = await ctx.db
    .selectFrom('identity.person')
    .select('person_id')
    .where('username', '=', people[0]?.username ?? '')
    .executeTakeFirst()
  if (!known) await importPeople(ctx, people)
}

const CATALOG_PIECE = 250
/** Everything is published before the demo's day begins. */
const LAST_PUBLISHED = '2017-12-08'

const toRow = ({ key, compiled_on, ...draft }: DemoResource): ImportRow => ({
  key,
  draft,
  published_on: compiled_on < LAST_PUBLISHED ? compiled_on : LAST_PUBLISHED,
  compiled_by_name: nameAt(hash(key)),
})

/** A demo entry that breaks the standard is a mistake in the seeds, not something to pass over. */
const publish = async (ctx: Ctx, resources: readonly DemoResource[]): Promise<void> => {
  const { refused } = await importPublished(ctx, resources.map(toRow))
  const [first] = refused
  if (first) throw new Error(`${first.key}: ${first.findings.map((one) => `${one.field} ${one.message}`).join('; ')}`)
}

const loadCatalog =
  (isLoaded: (resource: DemoResource) => boolean): Step['run'] =>
  async (ctx, tell) => {
    const resources = [...demoResources()].filter(isLoaded)
    for (const { piece, done } of piecesOf(resources, CATALOG_PIECE)) {
      await publish(ctx, piece)
      tell(done, resources.length)
    }
  }

const loadSystems: Step['run'] = async (ctx, tell) => {
  const systems = demoSystems()
  for (const { piece, done } of piecesOf(systems, 100)) {
    await importSystems(ctx, piece)
    tell(done, systems.length)
  }
}

const loadClients = async (ctx: Ctx): Promise<void> => {
  const known = await findClient(ctx, 'mz')
  if (!known) await importClients(ctx, demoClients(ctx.site.dataDir))
}

const findClient = async (ctx: Ctx, word: ClientWord): Promise<string | undefined> => {
  const [, seq = '', name = ''] = DEMO_CLIENTS.find(([one]) => one === word) ?? []
  const row = await ctx.db
    .selectFrom('identity.client')
    .select('client_id')
    .where('organ_id', '=', provincialOrganOf(seq).id)
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.client_id
}

/** Lets requests happen that have not happened yet: their numbers stand in the scenarios. */
const importNew = async (ctx: Ctx, planned: readonly PlannedRequest[], tell: (done: number, total: number) => void) => {
  const rows = await ctx.db
    .selectFrom('sharing.request')
    .select(sql<string>`split_part(scenario, ' ', 1)`.as('no'))
    .execute()
  const known = new Set(rows.map((row) => row.no))
  const missing = planned.filter((one) => !known.has(one.no))
  for (const { piece, done } of piecesOf(missing, 10)) {
    await importHistory(
      ctx,
      piece.map((one) => one.past),
    )
    tell(done, missing.length)
  }
}

const PROVINCE = /^630000/

const loadGrants: Step['run'] = async (ctx, tell) => {
  const published = await findPublished(ctx.db, (organ_id) => PROVINCE.test(organ_id))
  const planned: PlannedRequest[] = []
  for (const grant of KEY_GRANTS) {
    const found = published.get(grant.resource_key)
    const client_id = await findClient(ctx, grant.client)
    if (found && client_id) planned.push(requestOf(grant, found, client_id))
  }
  await importNew(ctx, planned, tell)
}

const REQUESTS = 200

const loadHistory =
  (count: number): Step['run'] =>
  async (ctx, tell) => {
    const published = await findPublished(ctx.db, (organ_id) => PROVINCE.test(organ_id))
    const planned = planHistory([...published.values()], count)
    await importNew(ctx, [...planWaiting((key) => published.get(key)), ...planned], tell)
  }

const ORIGIN_WAIT_MS = 60_000

const waitForOrigin = async (ctx: Ctx): Promise<string> => {
  for (const end = Date.now() + ORIGIN_WAIT_MS; Date.now() < end; await pause(500)) {
    const origin = await readMark(ctx.db, ORIGIN_MARK)
    if (typeof origin === 'string') return origin
  }
  throw new Error('演示提供方服务没有启动')
}

const attach = async (ctx: Ctx): Promise<void> => {
  // Only the mapping is needed here; who is looked up lives in the providers' own process.
  const people = makePeople(0)
  await attachOffers(ctx, makeOffers(people, makeFirms(people, 0)), await waitForOrigin(ctx))
}

const grantOf =
  (ctx: Ctx) =>
  async (grant: TableGrant): Promise<string | undefined> => {
    const row = await ctx.db
      .selectFrom('sharing.published_grant')
      .select('grant_id')
      .where('status', '=', 'active')
      .where('scenario', 'like', `${tableNo(grant)} %`)
      .executeTakeFirst()
    return row?.grant_id ?? undefined
  }

/** Tables between departments' own databases: grants, then agents, feeds and subscriptions (T8.1). */
const loadExchange: Step['run'] = async (ctx, tell) => {
  const published = await findPublished(ctx.db, (organ_id) => PROVINCE.test(organ_id))
  const planned = TABLE_GRANTS.flatMap((grant) => {
    const found = published.get(grant.resource_key)
    return found ? [tableRequestOf(grant, found)] : []
  })
  await importNew(ctx, planned, tell)
  await inviteAgents(ctx)
  await attachTables(ctx, published)
  await subscribeTables(ctx, TABLE_GRANTS, grantOf(ctx))
}

const openFromExchange: Step['run'] = async (ctx) => {
  const published = await findPublished(ctx.db, (organ_id) => PROVINCE.test(organ_id))
  const grant = TABLE_GRANTS.find(({ word }) => word === PORTAL.word)!
  const found = published.get(grant.resource_key)
  const grant_id = await grantOf(ctx)(grant)
  if (found && grant_id) await openExchanged(ctx, { found, grant_id })
}

/** Which part of the province is loaded; all of it, unless a test wants less. */
export interface Part {
  readonly isLoaded?: (resource: DemoResource) => boolean
  readonly requests?: number
  /** Departments' own databases and agents run beside the platform. */
  readonly hasAgents?: boolean
}

const demoSteps = ({ isLoaded = () => true, requests = REQUESTS, hasAgents = false }: Part): Step[] => [
  { name: 'today', title: `业务日期 ${DEMO_TODAY}`, run: async (ctx) => void (await setToday(ctx)) },
  { name: 'people', title: '演示账号', run: loadPeople },
  { name: 'catalog', title: '信息资源目录', run: loadCatalog(isLoaded) },
  { name: 'systems', title: '信息系统台账', run: loadSystems },
  { name: 'clients', title: '应用系统与公钥', run: loadClients },
  { name: 'grants', title: '接口授权', run: loadGrants },
  { name: 'services', title: '挂接接口服务', run: attach },
  { name: 'history', title: '2017 年共享申请', run: loadHistory(requests) },
  { name: 'corrections', title: '纠错', run: loadCorrections },
  { name: 'demands', title: '供需对接', run: loadDemands },
  { name: 'working', title: '编制中的目录', run: loadWorking },
  { name: 'batches', title: '批量导入', run: loadBatches },
  { name: 'dialect', title: '目录标准的青海扩展（草稿）', run: draftDialect },
  { name: 'sources', title: '一数一源与目录质量', run: loadSources },
  { name: 'releases', title: '公共数据开放', run: loadReleases },
  { name: 'open', title: '开放数据集', run: loadOpenData },
  { name: 'inquiries', title: '公众来件', run: loadInquiries },
  { name: 'applications', title: '有条件开放申请', run: loadApplications },
  ...(hasAgents
    ? [{ name: 'harvest', title: '目录汇聚', run: async (ctx: Ctx) => loadHarvest(ctx, await waitForOrigin(ctx)) }]
    : []),
  ...(hasAgents ? [{ name: 'exchange', title: '前置节点与库表交换', run: loadExchange }] : []),
  ...(hasAgents ? [{ name: 'open_exchange', title: '经数据交换开放企业登记名录', run: openFromExchange }] : []),
  { name: 'usage', title: '开放数据的使用次数', run: loadUsage },
]

/** Fills the platform with the demo province, from where the last load stopped. Returns the steps it ran. */
export const loadDemo = (house: House, tell: Tell, part: Part = {}): Promise<string[]> =>
  runSteps(house, demoSteps(part), tell)

const main = async (): Promise<void> => {
  process.on('disconnect', () => process.exit(0))
  const tell: Tell = (progress) => {
    if (process.send) process.send(progress)
    else process.stdout.write(`${progress.line ?? `${progress.step} ${progress.done ?? ''}`}\n`)
  }
  const startedAt = Date.now()
  const house = await openSeedHouse(loadConfig())
  try {
    const ran = await loadDemo(house, tell, { hasAgents: true })
    if (ran.length > 0) tell({ line: `演示省份已载入（${Math.round((Date.now() - startedAt) / 1000)} 秒）` })
    for (const line of ACCOUNT_LINES) tell({ line })
  } finally {
    await house.close()
  }
}

if (import.meta.main) await main()
