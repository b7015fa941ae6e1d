import { generator, hash, pick } from './random.ts'

type Cell = string | number | null

/** What an officer has in his own spreadsheet, under the headings of the catalogue. */
export interface OpenRows {
  readonly file_name: string
  readonly data_on: string
  readonly note: string
  readonly headings: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
  /** Roles by heading: what can be drawn on a map, what is counted by what. */
  readonly roles: Readonly<Record<string, { role: 'lon' | 'lat' | 'category' | 'measure'; unit?: string }>>
}

const DEGREES = { 经度: { role: 'lon' }, 纬度: { role: 'lat' } } as const

/** Stations on the Yellow River and its tributaries, as any atlas has them; figures rounded. */
const DAMS: readonly (readonly Cell[])[] = [
  [
    'QH-HYD-001',
    '龙羊峡水电站',
    '黄河',
    '黄河上游水电开发有限责任公司',
    1280,
    4,
    247,
    '1987-09-29',
    59.4,
    100.92,
    36.12,
  ],
  [
    'QH-HYD-002',
    '拉西瓦水电站',
    '黄河',
    '黄河上游水电开发有限责任公司',
    4200,
    6,
    10.79,
    '2009-04-15',
    102.2,
    101.19,
    36.07,
  ],
  ['QH-HYD-003', '尼那水电站', '黄河', '青海三江水电开发有限公司', 160, 4, 0.26, '2003-05-31', 7.6, 101.27, 36.02],
  [
    'QH-HYD-004',
    '李家峡水电站',
    '黄河',
    '黄河上游水电开发有限责任公司',
    2000,
    5,
    16.5,
    '1997-02-27',
    59,
    101.81,
    36.12,
  ],
  [
    'QH-HYD-005',
    '直岗拉卡水电站',
    '黄河',
    '青海直岗拉卡水电站有限公司',
    190,
    5,
    0.15,
    '2005-05-28',
    7.7,
    101.87,
    36.09,
  ],
  ['QH-HYD-006', '康扬水电站', '黄河', '青海三江水电开发有限公司', 283.5, 7, 0.29, '2006-04-30', 9.9, 101.93, 36.05],
  [
    'QH-HYD-007',
    '公伯峡水电站',
    '黄河',
    '黄河上游水电开发有限责任公司',
    1500,
    5,
    6.2,
    '2004-09-23',
    51.4,
    102.22,
    35.87,
  ],
  ['QH-HYD-008', '苏只水电站', '黄河', '黄河上游水电开发有限责任公司', 225, 3, 0.46, '2005-12-28', 8.8, 102.34, 35.86],
  ['QH-HYD-009', '黄丰水电站', '黄河', '青海三江水电开发有限公司', 225, 5, 0.59, '2015-06-30', 8.7, 102.42, 35.85],
  [
    'QH-HYD-010',
    '积石峡水电站',
    '黄河',
    '黄河上游水电开发有限责任公司',
    1020,
    3,
    2.94,
    '2010-12-29',
    33.6,
    102.7,
    35.83,
  ],
  ['QH-HYD-011', '班多水电站', '黄河', '黄河上游水电开发有限责任公司', 360, 3, 0.15, '2010-11-25', 14.1, 100.25, 35.3],
  [
    'QH-HYD-012',
    '纳子峡水电站',
    '大通河',
    '青海引大济湟水电开发有限公司',
    87,
    3,
    7.33,
    '2014-04-30',
    3.1,
    101.1,
    37.65,
  ],
  ['QH-HYD-013', '石头峡水电站', '大通河', '青海引大济湟水电开发有限公司', 90, 3, 9.85, '2015-11-30', 3.6, 101.3, 37.5],
]

const dams = (): OpenRows => ({
  file_name: '水电站基本信息2017.csv',
  data_on: '2017-11-30',
  note: '装机容量为兆瓦，总库容为亿立方米，年发电量为亿千瓦时；演示数据。',
  headings: [
    '电站编码',
    '电站名称',
    '所在河流',
    '建设单位',
    '装机容量',
    '机组台数',
    '总库容',
    '投产日期',
    '年发电量',
    '经度',
    '纬度',
  ],
  rows: DAMS,
  roles: { ...DEGREES, 所在河流: { role: 'category' }, 装机容量: { role: 'measure', unit: '兆瓦' } },
})

/** Where there is sun and nothing else. */
const PARKS: readonly (readonly [place: string, lon: number, lat: number])[] = [
  ['共和', 100.6, 36.2],
  ['格尔木', 95.2, 36.35],
  ['德令哈', 97.3, 37.3],
  ['乌兰', 98.5, 36.95],
  ['大柴旦', 95.35, 37.85],
  ['刚察', 100.1, 37.3],
]
const INVESTORS = ['黄河水电', '华能', '国电', '中广核', '三峡新能源', '晶科', '正泰', '大唐']

const plant = (index: number): readonly Cell[] => {
  const next = generator(hash('photovoltaic', index))
  const [place, lon, lat] = pick(next, PARKS)
  const investor = pick(next, INVESTORS)
  const megawatts = pick(next, [10, 20, 20, 30, 50, 50, 100, 200])
  const year = 2011 + Math.floor(next() * 7)
  return [
    `QH-PV-${String(index).padStart(3, '0')}`,
    `${place}${investor}${megawatts}兆瓦光伏电站`,
    `${investor}（青海）新能源有限公司`,
    '集中式',
    megawatts,
    `${year}-${pick(next, ['06-30', '12-25', '09-28'])}`,
    year < 2014 ? 1.15 : 0.9,
    Math.round(megawatts * (15.2 + next() * 1.6)) / 10,
    Math.round(next() * 900) / 100,
    Math.round((lon + next() * 0.3 - 0.15) * 1e4) / 1e4,
    Math.round((lat + next() * 0.2 - 0.1) * 1e4) / 1e4,
    next() < 0.15 ? '是' : '否',
  ]
}

const plants = (): OpenRows => ({
  file_name: '光伏发电项目.csv',
  data_on: '2017-11-30',
  note: '装机容量为兆瓦，上网电价为元/千瓦时，年发电量为百万千瓦时，弃光率为百分比；演示数据。',
  headings: [
    ...['项目代码', '电站名称', '投资主体', '电站类型', '装机容量', '并网日期', '上网电价', '年发电量'],
    ...['弃光率', '经度', '纬度', '是否扶贫电站'],
  ],
  rows: Array.from({ length: 120 }, (_, index) => plant(index + 1)),
  roles: { ...DEGREES, 投资主体: { role: 'category' }, 装机容量: { role: 'measure', unit: '兆瓦' } },
})

const COUNTIES: readonly (readonly [name: string, lon: number, lat: number])[] = [
  ['西宁市城东区', 101.8, 36.6],
  ['西宁市城中区', 101.78, 36.62],
  ['西宁市城西区', 101.76, 36.63],
  ['西宁市城北区', 101.77, 36.65],
  ['海东市乐都区', 102.4, 36.48],
  ['海东市平安区', 102.1, 36.5],
  ['格尔木市', 94.9, 36.4],
  ['玉树市', 97.0, 33.0],
]

const kindergarten = (index: number): readonly Cell[] => {
  const next = generator(hash('kindergarten', index))
  const [county, lon, lat] = pick(next, COUNTIES)
  const classes = 3 + Math.floor(next() * 12)
  const isPublic = next() < 0.45
  const word = pick(next, ['阳光', '育才', '蓝天', '雪莲', '格桑花', '河湟', '金色童年', '昆仑'])
  return [
    `36300${String(10_000 + index * 7).slice(0, 5)}`,
    `${county.replace(/^(西宁市|海东市)/, '')}${word}${isPublic ? '' : '民办'}幼儿园${index}`,
    isPublic ? '公办' : '民办',
    pick(next, ['省级示范', '一级', '二级', '三级']),
    classes,
    classes * (22 + Math.floor(next() * 9)),
    isPublic ? 240 : 300 + 20 * Math.floor(next() * 30),
    `青海省${county}${pick(next, ['建国路', '新华街', '民主巷', '滨河路', '古城大街'])}${1 + Math.floor(next() * 180)}号`,
    Math.round((lon + next() * 0.06 - 0.03) * 1e5) / 1e5,
    Math.round((lat + next() * 0.04 - 0.02) * 1e5) / 1e5,
  ]
}

const kindergartens = (): OpenRows => ({
  file_name: '幼儿园名录.csv',
  data_on: '2017-09-01',
  note: '保教费标准为元/月；演示数据。',
  headings: [
    ...['学校标识码', '幼儿园名称', '办园性质', '办园等级', '班数', '在园幼儿数', '保教费标准', '地址', '经度', '纬度'],
  ],
  rows: Array.from({ length: 80 }, (_, index) => kindergarten(index + 1)),
  roles: { ...DEGREES, 办园性质: { role: 'category' }, 在园幼儿数: { role: 'measure' } },
})

/** Which entries of the catalogue are opened with rows, by name. */
export const OPEN_ROWS: Readonly<Record<string, () => OpenRows>> = {
  水电站基本信息: dams,
  光伏发电项目信息: plants,
  幼儿园名录信息: kindergartens,
}

const cell = (value: Cell): string => (value === null ? '' : `${value}`)

export const csvText = ({ headings, rows }: OpenRows): string =>
  `\uFEFF${[headings, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
