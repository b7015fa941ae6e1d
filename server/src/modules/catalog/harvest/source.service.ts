import type { HarvestSettings, HarvestSource } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { openSecret, sealSecret } from '#kernel/keys.ts'
import { record } from '#kernel/record.ts'
import { currentJudge } from '../standard.service.ts'
import { listLastRuns } from './run.store.ts'
import { toRun } from './run.view.ts'
import { nodeIdentity } from './sanjiang.reader.ts'
import { nextRunAt } from './schedule.rules.ts'
import {
  findSourceRow,
  insertSource,
  listSourceRows,
  lockSource,
  type SourceRow,
  updateSource,
} from './source.store.ts'

const toSource = (row: SourceRow, runs: Awaited<ReturnType<typeof listLastRuns>>): HarvestSource => {
  const { sealed_secret: _, etag: __, created_at: ___, ...shown } = row
  const run = runs.get(row.source_id)
  return { ...(shown as unknown as HarvestSource), last_run: run ? toRun(run) : null }
}

export const listSources = async (ctx: Ctx) => {
  const runs = await listLastRuns(ctx.db)
  const { key_id, public_key } = nodeIdentity(ctx.site.dataDir)
  return { rows: (await listSourceRows(ctx.db)).map((row) => toSource(row, runs)), node_key: { key_id, public_key } }
}

export const getSource = async ({ db }: Ctx, sourceId: string): Promise<HarvestSource> => {
  const row = await findSourceRow(db, sourceId)
  if (!row) throw new Fault('not_found')
  return toSource(row, await listLastRuns(db, sourceId))
}

const CODED = [
  ['share_type', 'share_type'],
  ['open_type', 'open_type'],
  ['update_cycle', 'update_cycle'],
] as const

/** The pattern in the contract lets pass what no address can be; a password belongs in the sealed header. */
export const assertAddress = ({ url }: HarvestSettings): void => {
  if (!URL.canParse(url)) throw invalid('url', 'format', '地址无法解析')
  const { username, password } = new URL(url)
  if (username !== '' || password !== '') throw invalid('url', 'secret', '地址中不要写账号口令，请用鉴权请求头')
}

/** Defaults of a catalogue that does not speak our language must themselves pass the standard, or no record ever would. */
const assertSettings = async (ctx: Ctx, settings: HarvestSettings): Promise<void> => {
  assertAddress(settings)
  const { kind, defaults } = settings
  const { standard, classes } = await currentJudge(ctx.db)
  if (defaults.class_code) {
    const node = classes.get(defaults.class_code)
    if (!node?.is_leaf) throw invalid('defaults.class_code', 'F03', '请选到现行标准的目或细目', '目录标准 分类表')
  }
  if (kind === 'sanjiang') return
  for (const [key, list] of CODED) {
    const value = defaults[key]
    if (!value) throw invalid(`defaults.${key}`, 'required', '来源没有这一项，请给出默认取值')
    if (!standard.enumerations[list]?.some(({ code }) => code === value))
      throw invalid(`defaults.${key}`, 'F01', `没有“${value}”这个取值`)
  }
  if (defaults.share_type === 'withheld')
    throw invalid('defaults.share_type', 'C03', '不予共享须逐条援引依据，不能作为默认取值', '国发〔2016〕51号 第十条')
  if (defaults.share_type === 'conditional' && !defaults.share_condition?.trim())
    throw invalid('defaults.share_condition', 'C03', '有条件共享请填写共享条件')
  if (defaults.open_type === 'conditional' && !defaults.open_condition?.trim())
    throw invalid('defaults.open_condition', 'C05', '有条件开放请填写开放条件')
}

/** What authenticates us there: a new value, the one kept, or none. */
export const secretOf = (ctx: Ctx, settings: HarvestSettings, before?: { readonly sealed_secret: string | null }) => {
  const { auth_header, auth_value } = settings
  if (!auth_header || settings.kind === 'sanjiang') return { auth_header: null, sealed_secret: null }
  if (auth_value) return { auth_header, sealed_secret: sealSecret(ctx.site.dataDir, auth_value) }
  if (before?.sealed_secret) return { auth_header, sealed_secret: before.sealed_secret }
  throw invalid('auth_value', 'required', '请填写鉴权请求头的值')
}

export const headerOf = (
  ctx: Ctx,
  { auth_header, sealed_secret }: { readonly auth_header: string | null; readonly sealed_secret: string | null },
): Record<string, string> =>
  auth_header && sealed_secret ? { [auth_header.toLowerCase()]: openSecret(ctx.site.dataDir, sealed_secret) } : {}

const note = (tx: Tx, ctx: Ctx, { verb, id, after }: { verb: string; id: string; after: HarvestSettings }) => {
  const { auth_value: _, ...told } = after
  return record(tx, ctx, {
    type: `catalog.harvest_source.${verb}`,
    subject_kind: 'catalog.harvest_source',
    subject_id: id,
    after: told,
  })
}

const writable = (settings: HarvestSettings) => {
  const { name, kind, url, defaults, cycle, requests_per_second, is_enabled } = settings
  return { name: name.trim(), kind, url: url.replace(/\/+$/, ''), defaults, cycle, requests_per_second, is_enabled }
}

const nextOf = (ctx: Ctx, { cycle, is_enabled }: HarvestSettings): string | null =>
  is_enabled ? nextRunAt(cycle, ctx.instant) : null

export const createSource = (ctx: Ctx, settings: HarvestSettings): Promise<HarvestSource> =>
  inTx(ctx, async (tx, inner) => {
    await assertSettings(inner, settings)
    const source_id = newId()
    await insertSource(tx, {
      ...writable(settings),
      ...secretOf(inner, settings),
      source_id,
      revision: 1,
      etag: null,
      next_run_at: nextOf(inner, settings),
      created_at: inner.instant,
      updated_at: inner.instant,
      updated_by_name: inner.actor.name,
    })
    await note(tx, inner, { verb: 'created', id: source_id, after: settings })
    return getSource(inner, source_id)
  })

export const saveSource = (
  ctx: Ctx,
  sourceId: string,
  { revision, settings }: { readonly revision: number; readonly settings: HarvestSettings },
): Promise<HarvestSource> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockSource(tx, sourceId)
    if (!row) throw new Fault('not_found')
    if (row.revision !== revision) throw new Fault('stale')
    if (row.kind !== settings.kind) throw invalid('kind', 'fixed', '已登记来源的种类不能改')
    await assertSettings(inner, settings)
    const isSameHour = row.cycle === settings.cycle && row.next_run_at !== null && settings.is_enabled
    await updateSource(tx, sourceId, {
      ...writable(settings),
      ...secretOf(inner, settings, row),
      next_run_at: isSameHour ? row.next_run_at : nextOf(inner, settings),
      updated_at: inner.instant,
      updated_by_name: inner.actor.name,
    })
    await note(tx, inner, { verb: 'changed', id: sourceId, after: settings })
    return getSource(inner, sourceId)
  })

/** The same catalogue at another address. */
export const moveSource = (ctx: Ctx, name: string, url: string): Promise<void> =>
  inTx(ctx, async (tx, inner) => {
    const row = await tx
      .selectFrom('catalog.harvest_source')
      .select(['source_id', 'url'])
      .where('name', '=', name)
      .forUpdate()
      .executeTakeFirst()
    if (!row || row.url === url) return
    await updateSource(tx, row.source_id, { url, updated_at: inner.instant, updated_by_name: inner.actor.name })
  })
