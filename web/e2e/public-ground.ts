import { outlineGeometry } from '../../server/seeds/reference/outlines.ts'
import { prefectures } from '../../server/seeds/reference/regions.ts'
import { columnOf, layDataset } from '../../server/test/public-dataset.ts'
import type { PublicGround } from '../../server/test/public-ground.ts'

export const SLUGS = {
  areas: '630000-divisions-000001',
  stations: '630000-stations-000002',
  months: '630000-months-000003',
  wide: '630000-wide-000004',
  prices: '630000-prices-000007',
  conditional: '630000-conditional-000005',
  bare: '630000-bare-000006',
} as const

const layAreas = (ground: PublicGround) =>
  layDataset(ground, {
    slug: SLUGS.areas,
    content: {
      title: '青海省各市州行政区划与人口',
      summary: '八个市州的名称、代码、常住人口和范围示意图，供制图、统计和教学使用。',
      organ_name: '省民政厅',
      theme_title: '民生服务',
      update_cycle: 'yearly',
      keywords: ['行政区划', '人口'],
    },
    columns: [
      columnOf('code', '行政区划代码', { role: 'key', length: 6 }),
      columnOf('name', '名称', { role: 'category', length: 40 }),
      columnOf('population', '常住人口', { data_type: 'N', role: 'measure', unit: '万人' }),
      columnOf('boundary', '范围', { data_type: 'G', role: 'shape' }),
    ],
    rows: prefectures.map(({ code, name, population_10k }) => [
      ...[code, name, population_10k],
      JSON.stringify(outlineGeometry(code)),
    ]),
    data_on: '2016-12-31',
  })

const KINDS = ['气象站', '水文站', '环境监测站', '地震台']

const layStations = (ground: PublicGround) =>
  layDataset(ground, {
    slug: SLUGS.stations,
    content: {
      title: '全省观测站点位置',
      summary: '气象、水文、环境、地震观测站点的名称、类别和经纬度。',
      organ_name: '省气象局',
      theme_title: '生态环境',
      update_cycle: 'monthly',
    },
    columns: [
      columnOf('station_no', '站号', { role: 'key' }),
      columnOf('station_name', '站点名称'),
      columnOf('kind', '类别', { role: 'category' }),
      columnOf('lon', '经度', { data_type: 'N', role: 'lon' }),
      columnOf('lat', '纬度', { data_type: 'N', role: 'lat' }),
      columnOf('altitude', '海拔', { data_type: 'I', unit: '米', role: 'measure' }),
      columnOf('is_open', '是否运行', { data_type: 'L' }),
    ],
    rows: Array.from({ length: 64 }, (_, at) => [
      ...[`Z${1000 + at}`, `第${at + 1}观测站`, KINDS[at % KINDS.length]!],
      ...[91 + ((at * 37) % 110) / 10, 32.4 + ((at * 53) % 58) / 10, 1800 + ((at * 97) % 2800), at % 9 > 0],
    ]),
    data_on: '2017-09-30',
  })

const layMonths = (ground: PublicGround) =>
  layDataset(ground, {
    slug: SLUGS.months,
    content: {
      title: '省级平台每月共享调用次数',
      summary: '各月通过省级共享平台查询和交换数据的次数，由平台自动统计。',
      organ_name: '省政府办公厅',
      theme_title: '政务公开',
      update_cycle: 'monthly',
    },
    columns: [
      columnOf('month', '月份', { data_type: 'D' }),
      columnOf('calls', '调用次数', { data_type: 'I', role: 'measure', unit: '次' }),
      columnOf('on_time', '按时率', { data_type: 'N', role: 'measure', unit: '%' }),
    ],
    rows: Array.from({ length: 24 }, (_, at) => [
      `${2016 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`,
      Math.round(12_000 + at * 2_300 + Math.sin(at) * 6_000),
      Math.round(880 + at * 4) / 10,
    ]),
    data_on: '2017-11-30',
  })

const layWide = (ground: PublicGround) =>
  layDataset(ground, {
    slug: SLUGS.wide,
    content: { title: '规模以上工业企业名录', summary: '规模以上工业企业的名称、行业、地址与登记信息，一行一家。' },
    columns: Array.from({ length: 18 }, (_, at) =>
      at === 0
        ? columnOf('no', '序号', { data_type: 'I', role: 'key' })
        : columnOf(`field_${at}`, `第 ${at} 项登记内容`),
    ),
    rows: Array.from({ length: 45 }, (_, row) =>
      Array.from({ length: 18 }, (_, at) => (at === 0 ? row + 1 : at % 7 === 0 ? null : `登记内容 ${row + 1}.${at}`)),
    ),
  })

const layPrices = (ground: PublicGround) =>
  layDataset(ground, {
    slug: SLUGS.prices,
    content: { title: '重要商品每周价格', summary: '两市三种商品每周的采价结果。', update_cycle: 'weekly' },
    columns: [
      columnOf('week', '监测日期', { data_type: 'D', role: 'key' }),
      columnOf('place', '地区', { role: 'key' }),
      columnOf('goods', '商品', { role: 'category' }),
      columnOf('price', '本期价格', { data_type: 'N', role: 'measure', unit: '元' }),
    ],
    rows: Array.from({ length: 60 }, (_, at) => [
      ...[`2017-${String(1 + Math.floor(at / 6)).padStart(2, '0')}-02`, ['西宁市', '海东市'][at % 2]!],
      ...[['牛肉', '羊肉', '青椒'][at % 3]!, 30 + (at % 3) * 5 + Math.floor(at / 6) / 10],
    ]),
    data_on: '2017-10-02',
  })

/** Datasets of every kind a page has to show. */
export const layExhibition = async (ground: PublicGround): Promise<void> => {
  await ground.sql(
    `insert into site.clock (offset_days) values (date '2017-12-11' - (now() at time zone 'Asia/Shanghai')::date)`,
  )
  await ground.sql(
    `insert into site.answer_month (month, kind, received, answered, on_time, overdue)
     values ('2017-11', 'wish', 12, 10, 9, 1), ('2017-12', 'question', 5, 3, 3, 0)`,
  )
  await layAreas(ground)
  await layStations(ground)
  await layMonths(ground)
  await layWide(ground)
  await layPrices(ground)
  await layDataset(ground, {
    slug: SLUGS.conditional,
    content: {
      title: '企业用电量',
      open_type: 'conditional',
      open_condition: '高校和研究机构可以申请',
      licence: 'conditional',
    },
    columns: [columnOf('name', '企业名称'), columnOf('amount', '用电量', { data_type: 'N', role: 'measure' })],
    rows: [['甲', 1]],
  })
  await layDataset(ground, { slug: SLUGS.bare, content: { title: '尚无数据的目录', items: [] } })
}
