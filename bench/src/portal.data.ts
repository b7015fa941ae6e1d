import type pg from 'pg'
import { outlineGeometry } from '../../server/seeds/reference/outlines.ts'
import { prefectures } from '../../server/seeds/reference/regions.ts'

const WHAT = [
  '养老机构',
  '企业登记',
  '农产品价格',
  '公共厕所',
  '空气质量',
  '公路养护',
  '医疗机构',
  '学校名录',
  '河长名单',
  '供水价格',
  '旅游景区',
  '执业药师',
]
const WHERE = ['西宁市', '海东市', '海北州', '黄南州', '海南州', '果洛州', '玉树州', '海西州']
const KIND = ['名录', '统计', '月报', '公示', '标准']
export const WORDS: readonly string[] = [
  ...WHAT,
  ...WHERE,
  '西宁市 名录',
  '价格 月报',
  '养老机构 海东市',
  '统计',
  '公示',
  '',
]

/** The dataset that is drawn as a map, the heaviest page there is. */
export const MAPPED = '307002-000002'

const fillMap = async (client: pg.Client): Promise<void> => {
  await client.query(
    'create table data.bench_areas (_id bigint primary key, name text, people numeric, boundary jsonb)',
  )
  for (const [at, { code, name, population_10k }] of prefectures.entries())
    await client.query('insert into data.bench_areas values ($1, $2, $3, $4)', [
      ...[at + 1, name, population_10k],
      JSON.stringify(outlineGeometry(code)),
    ])
  await client.query('grant select on data.bench_areas to sanjiang_public')
  await client.query(
    `update site.edition set table_name = 'bench_areas', row_count = $2, columns = $3
     where dataset_id = (select dataset_id from site.dataset where slug = $1)`,
    [
      ...[MAPPED, prefectures.length],
      JSON.stringify([
        { name: 'name', title: '名称', data_type: 'C', length: 40, role: 'category', unit: null },
        { name: 'people', title: '常住人口', data_type: 'N', length: null, role: 'measure', unit: '万人' },
        { name: 'boundary', title: '范围', data_type: 'G', length: null, role: 'shape', unit: null },
      ]),
    ],
  )
}

/** Ten thousand open datasets of forty organs, each with an edition and four files, one of them with real rows. */
export const fillPortal = async (client: pg.Client, size: number): Promise<void> => {
  // For the plain SQL beside it: we keep no such text.
  await client.query('alter table site.dataset add column words text')
  await client.query(
    `insert into site.dataset (dataset_id, slug, release_no, state, title, open_type, organ_name, theme_title, content, words, released_on)
     select gen_random_uuid(), '307' || lpad((n % 40)::text, 3, '0') || '-' || lpad(n::text, 6, '0'), 1, 'open', title, 'unconditional', organ, theme,
       jsonb_build_object('slug', '307' || lpad((n % 40)::text, 3, '0') || '-' || lpad(n::text, 6, '0'), 'title', title,
         'summary', title || '：由' || organ || '汇总，每月更新，供公众查询、研究和再利用。', 'organ_name', organ, 'theme_title', theme,
         'open_type', 'unconditional', 'open_condition', null, 'licence', (array['open', 'attribution_sharealike'])[1 + n % 2],
         'update_cycle', (array['daily', 'monthly', 'yearly'])[1 + n % 3], 'contact', organ || ' 0971-8230000',
         'keywords', jsonb_build_array(word, place), 'items', jsonb_build_array(jsonb_build_object('name', '名称', 'name_en', 'name', 'data_type', 'C', 'length', 100))),
       lower(title || chr(10) || organ || chr(10) || theme || chr(10) || word || chr(10) || place), date '2017-01-01' + n % 330
     from (select n, ($3::text[])[1 + n % 8] as place, ($2::text[])[1 + n / 8 % 12] as word,
         ($3::text[])[1 + n % 8] || ($2::text[])[1 + n / 8 % 12] || ($4::text[])[1 + n / 96 % 5] || '第' || n || '号' as title,
         '省' || ($2::text[])[1 + n % 12] || '管理局' || n % 40 as organ, ($2::text[])[1 + n % 12] || '类' as theme
       from generate_series(1, $1) n) d`,
    [size, WHAT, WHERE, KIND],
  )
  await client.query(
    `insert into site.edition (dataset_id, edition_no, is_current, table_name, columns, row_count, digest, data_on)
     select dataset_id, 1, true, 'bench_rows', $1, 200, repeat('0', 64), '2017-12-01' from site.dataset`,
    [
      JSON.stringify([
        { name: 'name', title: '名称', data_type: 'C', length: 100, role: 'category', unit: null },
        { name: 'amount', title: '数量', data_type: 'I', length: null, role: 'measure', unit: '个' },
      ]),
    ],
  )
  await client.query(
    `insert into site.file (dataset_id, edition_no, format, media_type, bytes, sha256)
     select dataset_id, 1, format, 'text/' || format, 10000, repeat('0', 64) from site.dataset, unnest(array['json', 'xml', 'ttl', 'xlsx']) format`,
  )
  await client.query('create table data.bench_rows (_id bigint primary key, name text, amount bigint)')
  await client.query(`insert into data.bench_rows select n, '单位' || n, n * 7 % 500 from generate_series(1, 200) n`)
  await client.query('grant select on data.bench_rows to sanjiang_public')
  await fillMap(client)
  await client.query('vacuum analyze')
}
