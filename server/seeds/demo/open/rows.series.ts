import { prefectures } from '../../reference/regions.ts'
import { between, DEMO_SEED, dateOf, dayOf, generator, hash, pick, weighted } from '../random.ts'
import { makeFirms } from '../registry/firms.ts'
import { makePeople } from '../registry/people.ts'
import type { Cell } from './dataset.ts'
import { prefectureNames } from './places.ts'

/** Goods whose prices are watched: name, grade, unit, yuan at the beginning, share it swings over a year. */
const GOODS: readonly (readonly [name: string, spec: string, unit: string, price: number, swing: number])[] = [
  ['粳米', '标准一等', '元/500克', 3.05, 0.01],
  ['面粉', '特一粉', '元/500克', 2.25, 0.01],
  ['菜籽油', '桶装一级', '元/5升', 62.8, 0.02],
  ['牛肉', '新鲜去骨', '元/500克', 33.5, 0.05],
  ['羊肉', '新鲜带骨', '元/500克', 29.8, 0.08],
  ['猪肉', '精瘦肉', '元/500克', 16.2, 0.09],
  ['鸡蛋', '新鲜完整', '元/500克', 4.35, 0.16],
  ['鲜奶', '袋装', '元/升', 8.6, 0.02],
  ['大白菜', '中等', '元/500克', 1.35, 0.35],
  ['马铃薯', '中等', '元/500克', 1.55, 0.22],
  ['西红柿', '中等', '元/500克', 2.9, 0.38],
  ['青椒', '中等', '元/500克', 3.4, 0.36],
  ['苹果', '红富士一级', '元/500克', 4.9, 0.12],
  ['尿素', '总氮46%', '元/吨', 1720, 0.1],
  ['92号汽油', '国五', '元/升', 6.12, 0.08],
  ['液化石油气', '15千克罐装', '元/罐', 92, 0.06],
]

export const PRICES_UNTIL = '2017-11-20'
const WEEKS = 156

const priceAt = (goods: (typeof GOODS)[number], place: number, week: number): number => {
  const [name, , , start, swing] = goods
  const noise = generator(hash(DEMO_SEED, 'price', name, place, week))() - 0.5
  const season = Math.sin(((week % 52) / 52) * 2 * Math.PI + (hash(name) % 7))
  const price = start * (1 + place * 0.012 + (week / WEEKS) * 0.06 + season * swing + noise * swing * 0.3)
  return Math.round(price * 100) / 100
}

/** Prices by week, prefecture and good: about twenty thousand rows. */
export const priceRows = (): Cell[][] => {
  const last = dayOf(PRICES_UNTIL)
  return Array.from({ length: WEEKS }, (_, week) => week).flatMap((week) =>
    prefectures.flatMap(({ short_name }, place) =>
      GOODS.map((goods): Cell[] => {
        const [name, spec, unit] = goods
        const [price, before] = [priceAt(goods, place, week), week === 0 ? null : priceAt(goods, place, week - 1)]
        const rate = before === null ? null : Math.round((price / before - 1) * 10_000) / 100
        const on = dateOf(last - (WEEKS - 1 - week) * 7)
        return [on, short_name, name, spec, unit, price, before, rate]
      }),
    ),
  )
}

const KINDS = [
  '公路',
  '水利',
  '光伏发电',
  '棚户区改造',
  '职业院校',
  '污水处理',
  '输变电',
  '旅游设施',
  '冷链物流',
  '中心医院',
]

/** Key projects: code, name, unit, total, planned this year, done, progress, begun, as of (万元). */
export const projectRows = (): Cell[][] =>
  Array.from({ length: 120 }, (_, index) => {
    const next = generator(hash(DEMO_SEED, 'project', index))
    const place = pick(next, prefectures).short_name
    const kind = pick(next, KINDS)
    const total = between(next, 12, 900) * 100
    const planned = Math.round(total * (0.15 + next() * 0.35))
    const done = Math.round(planned * (0.35 + next() * 0.7))
    return [
      `2017-63${String(between(next, 1000, 9999))}-${String(index).padStart(3, '0')}`,
      `${place}${kind}建设项目（${index % 3 === 0 ? '一' : '二'}期）`,
      ...[`${place}${pick(next, ['发展改革委', '交通运输局', '水利局', '住房城乡建设局'])}`, total, planned, done],
      `已完成${Math.round((done / total) * 100)}%，${pick(next, ['主体施工', '基础施工', '设备安装', '竣工验收准备'])}`,
      ...[dateOf(between(next, dayOf('2015-04-01'), dayOf('2017-09-01'))), '2017-11-30'],
    ]
  })

const TRADES = [
  '中式烹调师',
  '电工',
  '焊工',
  '养老护理员',
  '汽车修理工',
  '藏绣工',
  '唐卡绘制工',
  '砌筑工',
  '育婴员',
  '拉面师',
]

/** Vocational certificates: number, trade, grade, issued, body. Their numbers leave masked, their holders not at all. */
export const certificateRows = (): Cell[][] => {
  return Array.from({ length: 1500 }, (_, index) => {
    const next = generator(hash(DEMO_SEED, 'certificate', index))
    return [
      `176300000${String(index).padStart(7, '0')}`,
      pick(next, TRADES),
      weighted(next(), [
        ['五级', 52],
        ['四级', 30],
        ['三级', 14],
        ['二级', 4],
      ] as const),
      dateOf(between(next, dayOf('2016-01-05'), dayOf('2017-11-15'))),
      `${pick(next, prefectures).short_name}职业技能鉴定中心`,
    ]
  })
}

/** Industries and how many of a hundred firms there really are: nearly everybody trades, few dig. */
const INDUSTRIES: Readonly<Record<string, readonly [title: string, percent: number]>> = {
  A: ['农、林、牧、渔业', 45],
  B: ['采矿业', 4],
  C: ['制造业', 30],
  D: ['电力、热力、燃气及水生产和供应业', 5],
  E: ['建筑业', 25],
  F: ['批发和零售业', 100],
  G: ['交通运输、仓储和邮政业', 15],
  H: ['住宿和餐饮业', 40],
  I: ['信息传输、软件和信息技术服务业', 10],
  L: ['租赁和商务服务业', 35],
}

const TOTAL = '合计'

/** Firms that exist, by prefecture and industry, with the totals of both: small cells are the platform's to hide. */
export const firmRows = (count: number): Cell[][] => {
  const firms = makeFirms(makePeople(0), count)
  const cells = new Map<string, number>()
  for (let index = 0; index < count; index++) {
    const { credit_code, industry_code, registration_status } = firms.at(index)
    if (registration_status !== '01') continue
    const place = prefectureNames.get(`${credit_code.slice(2, 6)}00`)
    const [industry, percent = 0] = INDUSTRIES[industry_code[0]!] ?? []
    if (!place || !industry || hash('firm', credit_code) % 100 >= percent) continue
    for (const [at, of] of [
      [place, industry],
      [place, TOTAL],
      [TOTAL, industry],
      [TOTAL, TOTAL],
    ] as const)
      cells.set(`${at}|${of}`, (cells.get(`${at}|${of}`) ?? 0) + 1)
  }
  const places = [...prefectureNames.values(), TOTAL]
  return places.flatMap((place) =>
    [...Object.values(INDUSTRIES).map(([title]) => title), TOTAL].map((industry) => [
      '2017-09-30',
      place,
      industry,
      cells.get(`${place}|${industry}`) ?? 0,
    ]),
  )
}
