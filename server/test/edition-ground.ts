import { createHash } from 'node:crypto'
import { type catalog, opendata } from '@sanjiang/contract'
import {
  EDITION_PIECE_BYTES,
  type EditionDetail,
  type ReleaseDetail,
  type RowsProposal,
} from '@sanjiang/contract/opendata'
import type { SiteColumn } from '@sanjiang/contract/site'
import type { Ctx } from '#kernel/ctx.ts'
import { advanceEditions, followSources } from '#modules/opendata/index.ts'
import { type CatalogWorld, draftOf, ITEM, openCatalog, publish } from './catalog-world.ts'
import type { Voice } from './harness.ts'
import { openPublic, type PublicGround } from './public-ground.ts'

/** A department with a dataset to open, and the public side it goes to. */
export interface EditionGround extends CatalogWorld {
  readonly ground: PublicGround
  readonly proposer: Voice
  /** A ctx of the platform that can reach the public database. */
  outward(): Promise<Ctx>
  /** Reads, checks, carries whatever is due. */
  advance(): Promise<void>
  /** Looks whether sources have brought anything new; tells how many changed. */
  follow(): Promise<number>
  closeAll(): Promise<void>
}

export const openEditions = async (): Promise<EditionGround> => {
  await using parts = new AsyncDisposableStack()
  const world = parts.adopt(await openCatalog(), (one) => one.close())
  const ground = parts.adopt(await openPublic(world.url), (one) => one.close())
  const outward = async () => {
    const ctx = await world.ctx()
    return { ...ctx, site: { ...ctx.site, publishDatabaseUrl: ground.publishUrl } }
  }
  const proposer = await world.signIn('commerce', 'provider')
  const all = parts.move()
  return {
    ...world,
    ...{ ground, proposer },
    outward,
    advance: async () => void (await advanceEditions(await outward())),
    follow: async () => followSources(await outward()),
    closeAll: () => all.disposeAsync(),
  }
}

/** Shops with their number, a remark, a telephone and the day they opened. */
export const SHOP_ITEMS: catalog.ItemDraft[] = [
  { ...ITEM, name: '编号', name_en: 'shop_no', data_type: 'I', length: 9, is_key: true },
  { ...ITEM, name: '名称', name_en: 'shop_name', length: 40 },
  { ...ITEM, name: '备注', name_en: 'remark', length: 200 },
  { ...ITEM, name: '联系电话', name_en: 'phone', length: 20, mask_rule: 'mobile', sensitivity: 'L2' },
  { ...ITEM, name: '开业日期', name_en: 'opened_on', data_type: 'D', length: 8 },
]

export const publishShops = (ground: EditionGround, name: string, items = SHOP_ITEMS) =>
  publish(ground, draftOf(name, { items }))

export type Entry = Awaited<ReturnType<typeof publishShops>>

export const HEADING = '编号,名称,备注,联系电话,开业日期'

export const csvOf = (...lines: readonly string[]): Buffer => Buffer.from([HEADING, ...lines, ''].join('\n'))

interface Upload {
  readonly resource_id: string
  readonly bytes: Buffer
  readonly file_name?: string
  readonly waits?: boolean
}

/** Through the endpoints, piece by piece, up to the reading. */
export const upload = async (voice: Voice, { resource_id, bytes, file_name = '数据.csv', waits }: Upload) => {
  const { edition_id } = await voice.call(opendata.openEdition, {
    body: {
      ...{ resource_id, file_name, waits, data_on: '2017-11-30' },
      file_bytes: bytes.length,
      file_sha256: createHash('sha256').update(bytes).digest('hex'),
    },
  })
  for (let seq = 0; seq * EDITION_PIECE_BYTES < bytes.length; seq++)
    await voice.call(opendata.putEditionPiece, {
      params: { id: edition_id, seq },
      body: { base64: bytes.subarray(seq * EDITION_PIECE_BYTES, (seq + 1) * EDITION_PIECE_BYTES).toString('base64') },
    })
  await voice.call(opendata.readEdition, { params: { id: edition_id } })
  return edition_id
}

export const show = (voice: Voice, id: string): Promise<EditionDetail> =>
  voice.call(opendata.getEdition, { params: { id } })

export const proposalOf = (entry: Entry, rows?: RowsProposal) => ({
  resource_id: entry.resource_id,
  title: '便民网点',
  summary: '全省便民网点的名称、说明和开业日期，供公众查询。',
  contact: '省工商行政管理局 0971-8230000',
  licence: 'open' as const,
  item_ids: entry.content.items.map(({ item_id }) => item_id),
  rows,
})

export const propose = (voice: Voice, entry: Entry, rows?: RowsProposal) =>
  voice.call(opendata.proposeRelease, { body: proposalOf(entry, rows) })

export const approve = (voice: Voice, id: string): Promise<ReleaseDetail> =>
  voice.call(opendata.approveRelease, { params: { id }, body: { opinion: '不涉密，可以开放' } })

/** From a file to the public side. */
export const openRows = async (ground: EditionGround, name: string, bytes: Buffer) => {
  const entry = await publishShops(ground, name)
  const edition_id = await upload(ground.proposer, { resource_id: entry.resource_id, bytes })
  await ground.advance()
  const { release_id } = await propose(ground.proposer, entry, { edition_id })
  await ground.advance()
  const release = await approve(ground.reviewer, release_id)
  await ground.advance()
  return { entry, edition_id, release }
}

export interface SiteRow {
  readonly edition_no: number
  readonly table_name: string | null
  readonly is_current: boolean
  readonly row_count: number
  readonly digest: string
  readonly note: string
  readonly columns: readonly SiteColumn[]
}

export const siteEditions = (ground: EditionGround, { resource_id }: { resource_id: string }) =>
  ground.ground.sql<SiteRow & Record<string, unknown>>(
    `select edition_no, table_name, is_current, row_count::int as row_count, digest, note, columns from site.edition where dataset_id = $1 order by 1`,
    [resource_id],
  )

export const dataTables = async (ground: EditionGround, slug: string): Promise<string[]> =>
  (
    await ground.ground.sql<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'data'::regnamespace and relkind = 'r' and relname like $1 order by 1`,
      [`d\\_${slug.toLowerCase().replace(/[^a-z0-9]/g, '\\_')}\\_%`],
    )
  ).map(({ name }) => name)
