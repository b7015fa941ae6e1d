import { createHash } from 'node:crypto'
import type { OpenContent } from '@sanjiang/contract/opendata'
import type { SiteColumn } from '@sanjiang/contract/site'
import { withoutStatus } from '@sanjiang/contract/site.status'
import { dataTable } from '#modules/opendata/edition/carry.service.ts'
import { sqlType } from '#modules/opendata/edition/field.rules.ts'
import { readHeldValues } from '#modules/opendata/edition/held-values.ts'
import type { PublicGround } from './public-ground.ts'

export const columnOf = (name: string, title: string, more: Partial<SiteColumn> = {}): SiteColumn => ({
  name,
  title,
  data_type: 'C',
  length: null,
  role: null,
  unit: null,
  ...more,
})

export interface LaidDataset {
  readonly slug: string
  readonly content?: Partial<OpenContent>
  readonly columns?: readonly SiteColumn[]
  readonly rows?: readonly (readonly (string | number | boolean | null)[])[]
  readonly released_on?: string
  readonly data_on?: string
}

const contentOf = ({ slug, content, columns = [] }: LaidDataset): OpenContent => ({
  slug,
  title: `数据集 ${slug}`,
  summary: `${slug} 的说明，供公众查询、研究和再利用。`,
  organ_name: '省商务厅',
  theme_title: '商贸流通',
  open_type: 'unconditional',
  open_condition: null,
  licence: 'open',
  update_cycle: 'monthly',
  contact: '政务公开机构 0971-8230000',
  keywords: [],
  items: withoutStatus(columns).map(({ name, title, data_type, length }) => ({
    name: title,
    name_en: name,
    data_type,
    length,
  })),
  ...content,
})

const layRows = async (ground: PublicGround, id: string, { slug, columns = [], rows = [], data_on }: LaidDataset) => {
  const table = dataTable(slug, 1)
  // As the inside makes them.
  const typed = columns.map((column) => `"${column.name}" ${sqlType(column)}`)
  await ground.sql(`create table data.${table} (_id bigint primary key${typed.map((one) => `, ${one}`).join('')})`)
  await ground.sql(`grant select on data.${table} to sanjiang_public`)
  for (const [index, row] of rows.entries())
    await ground.sql(`insert into data.${table} values ($1${row.map((_, at) => `, $${at + 2}`).join('')})`, [
      index + 1,
      ...row,
    ])
  await ground.sql(`analyze data.${table}`)
  const site = { query: async (text: string, values?: unknown[]) => ({ rows: await ground.sql(text, values) }) }
  const held = await readHeldValues(site as never, { table, columns, row_count: rows.length })
  await ground.sql(
    `insert into site.edition (dataset_id, edition_no, is_current, table_name, columns, row_count, digest, data_on, held_values)
     values ($1, 1, true, $2, $3, $4, $5, $6, $7)`,
    [
      ...[id, table, JSON.stringify(columns), rows.length],
      ...[
        createHash('sha256').update(JSON.stringify(rows)).digest('hex'),
        data_on ?? '2017-12-01',
        JSON.stringify(held),
      ],
    ],
  )
}

/** A dataset as the inside leaves it on the public side, with its rows where columns are given. */
export const layDataset = async (ground: PublicGround, laid: LaidDataset): Promise<string> => {
  const content = contentOf(laid)
  const [row] = await ground.sql<{ dataset_id: string }>(
    `insert into site.dataset (dataset_id, slug, release_no, state, title, open_type, organ_name, theme_title, content, released_on)
     values (gen_random_uuid(), $1, 1, 'open', $2, $3, $4, $5, $6, $7) returning dataset_id`,
    [
      ...[laid.slug, content.title, content.open_type, content.organ_name, content.theme_title],
      ...[JSON.stringify(content), laid.released_on ?? '2017-12-05'],
    ],
  )
  if (laid.columns) await layRows(ground, row!.dataset_id, laid)
  return row!.dataset_id
}

/** As many more datasets in words as are wanted, like one that is there: `PREFIX-1` on. */
export const layCopies = (ground: PublicGround, { of, prefix, count }: { of: string; prefix: string; count: number }) =>
  ground.sql(
    `insert into site.dataset (dataset_id, slug, release_no, state, title, open_type, organ_name, theme_title, content, released_on)
     select gen_random_uuid(), slug, 1, 'open', title, open_type, organ_name, theme_title,
       content || jsonb_build_object('slug', slug, 'title', title), released_on
     from (select $2 || n as slug, '登记信息第 ' || n || ' 号目录' as title, open_type, organ_name, theme_title, content, released_on
       from site.dataset, generate_series(1, $3) n where slug = $1) d`,
    [of, `${prefix}-`, count],
  )
