import type { Region } from '../../reference/regions.ts'
import { between, DEMO_SEED, dateOf, dayOf, generator, hash, pick, weighted } from '../random.ts'
import type { Cell } from './dataset.ts'
import { placeIn, prefectureOf, spread } from './places.ts'

const WORDS = '河湟 高原 金川 祁连 昆仑 湟水 海湖 格桑 青海湖 三江源 丹霞 雪山 民泽 康乐 松鹤 长宁 黄河 龙羊'.split(' ')
const NUMBERS = '一二三四五六七八九十'

interface Made {
  readonly county: Region
  readonly index: number
  readonly next: () => number
}

const each = (what: string, total: number, make: (made: Made) => Cell[]): Cell[][] =>
  spread(total).map((county, index) =>
    make({ county, index, next: generator(hash(DEMO_SEED, what, county.code, index)) }),
  )

const addressOf = ({ county, next }: Made): string =>
  `青海省${county.name}${pick(next, ['解放', '人民', '团结', '建设', '文化', '河滨'])}路${between(next, 1, 260)}号`

const issuedOn = (next: () => number): string => dateOf(between(next, dayOf('2004-03-01'), dayOf('2017-10-20')))

const SCHOOLS = [
  ['小学', 60, [80, 1400]],
  ['初级中学', 22, [150, 1600]],
  ['高级中学', 9, [400, 3200]],
  ['九年一贯制学校', 9, [200, 1900]],
] as const

/** Schools: code, name, kind, sponsor, address, pupils, teachers, longitude, latitude. */
export const schoolRows = (): Cell[][] =>
  each('school', 420, (made) => {
    const { county, index, next } = made
    const [kind, , [few, many]] = weighted(
      next(),
      SCHOOLS.map((one) => [one, one[1]] as const),
    )
    const pupils = between(next, few, many)
    const [lon, lat] = placeIn(prefectureOf(county), 'school', index)
    const name = `${county.short_name}第${NUMBERS[index % 10]}${pick(next, ['', '', '民族', '实验'])}${kind}`
    const sponsor = weighted(next(), [
      ['教育部门', 88],
      ['民办', 9],
      ['其他部门', 3],
    ] as const)
    return [
      ...[`36${county.code.slice(2)}${String(index).padStart(4, '0')}`, name, kind, sponsor, addressOf(made)],
      ...[pupils, Math.max(6, Math.round(pupils / (11 + next() * 6))), lon, lat],
    ]
  })

const HOSPITALS = [
  ['综合医院', 12, '人民医院', [80, 900]],
  ['中藏医医院', 10, '藏医院', [30, 300]],
  ['乡镇卫生院', 50, '中心卫生院', [6, 40]],
  ['社区卫生服务中心', 16, '社区卫生服务中心', [0, 30]],
  ['妇幼保健机构', 6, '妇幼保健计划生育服务中心', [10, 120]],
  ['专科医院', 6, '专科医院', [20, 200]],
] as const

const GRADES: Readonly<Record<string, readonly string[]>> = {
  综合医院: ['三级甲等', '三级乙等', '二级甲等', '二级甲等', '二级乙等'],
  中藏医医院: ['二级甲等', '二级乙等', '一级'],
  专科医院: ['二级', '一级', '未定级'],
}

/** Hospitals: register number, name, kind, grade, address, beds, issued, checked, longitude, latitude. */
export const hospitalRows = (): Cell[][] =>
  each('hospital', 380, (made) => {
    const { county, index, next } = made
    const [kind, , tail, [few, many]] = weighted(
      next(),
      HOSPITALS.map((one) => [one, one[1]] as const),
    )
    const [lon, lat] = placeIn(prefectureOf(county), 'hospital', index)
    return [
      `PDY${county.code}${String(index).padStart(5, '0')}`,
      `${county.short_name}${pick(next, WORDS)}${tail}`,
      ...[kind, pick(next, GRADES[kind] ?? ['一级', '未定级']), addressOf(made), between(next, few, many)],
      ...[
        issuedOn(next),
        weighted(next(), [
          ['合格', 95],
          ['暂缓校验', 5],
        ] as const),
        lon,
        lat,
      ],
    ]
  })

/** Homes for the aged: licence, name, nature, address, beds, residents, charge, issued, longitude, latitude. */
export const homeRows = (): Cell[][] =>
  each('home', 150, (made) => {
    const { county, index, next } = made
    const nature = weighted(next(), [
      ['公办', 62],
      ['民办公助', 24],
      ['民办', 14],
    ] as const)
    const beds = between(next, 30, 320)
    const [lon, lat] = placeIn(prefectureOf(county), 'home', index)
    const charge = between(next, 9, 34) * 100
    return [
      `${county.code}2017${String(index).padStart(4, '0')}`,
      `${county.short_name}${pick(next, WORDS)}${nature === '公办' ? '社会福利院' : '养老服务中心'}`,
      ...[nature, addressOf(made), beds, Math.round(beds * (0.25 + next() * 0.65))],
      ...[`每月${charge}–${charge + 1200}元`, issuedOn(next), lon, lat],
    ]
  })
