import { makeCreditCode } from '../../check-digits.ts'
import { counties, type Region, regionOf } from '../../reference/regions.ts'
import { between, DEMO_SEED, dateOf, dayOf, generator, hash, pick, weighted } from '../random.ts'
import type { People } from './people.ts'

/** A registered enterprise as the commerce department keeps it. None of them exists. */
export interface Firm {
  readonly credit_code: string
  readonly company_name: string
  readonly company_kind: string
  readonly legal_representative: string
  readonly legal_representative_id: string
  /** 万元 */
  readonly registered_capital: number
  readonly currency: string
  readonly established_on: string
  readonly term_from: string
  readonly term_to: string | null
  readonly registered_office: string
  readonly business_scope: string
  readonly industry_code: string
  readonly registration_organ: string
  readonly registration_status: string
  readonly checked_on: string
}

export const FIRMS = 20_000

const WORDS =
  '高原|雪域|河湟|昆仑|三江|青湖|金瑞|祁连|格桑|盐湖|丹霞|玉珠|柴达木|宏图|瑞丰|民泽|安宁|丝路|龙羊|可鲁克'.split('|')
const SECOND = '兴|源|泰|达|盛|隆|和|诚|丰|润|恒|通'.split('|')
const TRADES: readonly (readonly [trade: string, industry: string, scope: string])[] = [
  ['商贸', 'F5299', '预包装食品、日用百货、五金交电批发零售'],
  ['建筑工程', 'E4710', '房屋建筑工程施工；市政公用工程施工；建筑材料销售'],
  ['生物科技', 'C1491', '枸杞、沙棘、冬虫夏草等高原生物资源的研发、加工与销售'],
  ['新能源', 'D4415', '太阳能光伏电站的建设、运营与维护；电力供应'],
  ['农牧开发', 'A0311', '牛羊养殖、屠宰加工、饲草种植与销售'],
  ['旅游', 'L7291', '国内旅游业务、入境旅游业务；会议服务'],
  ['物流', 'G5430', '普通货物道路运输；仓储服务；货运代理'],
  ['信息技术', 'I6510', '软件开发、信息系统集成服务、计算机设备销售'],
  ['矿业', 'B1019', '钾盐、锂盐等矿产品的开采、加工、销售'],
  ['餐饮管理', 'H6210', '餐饮服务、餐饮企业管理咨询'],
]
const STATUSES: readonly (readonly [status: string, weight: number])[] = [
  ['01', 86], // 存续
  ['02', 4], // 吊销
  ['03', 10], // 注销
]
const PLACES = counties.map((county) => [county, county.population_10k] as const)
const KNOWN = '91630100MA7520013J'

const codeOf = (index: number, county: Region): string =>
  index === 0 ? KNOWN : makeCreditCode('91', county.code, `MA7${String(index).padStart(5, '0')}`)

export interface Firms {
  readonly count: number
  at(index: number): Firm
  find(credit_code: string): Firm | undefined
}

const countyOf = (index: number): Region => weighted(hash(DEMO_SEED, 'firm county', index) / 2 ** 32, PLACES)

const firmOf = (credit_code: string, index: number, people: People): Firm => {
  const next = generator(hash(DEMO_SEED, 'firm', index))
  const county = countyOf(index)
  const city = regionOf(county.parent_code ?? county.code)
  const [trade, industry_code, scope] = pick(next, TRADES)
  const person = people.at(Math.floor(next() * people.count))
  const established = between(next, dayOf('1995-01-01'), dayOf('2017-11-20'))
  const term = next() < 0.6 ? established + 365 * pick(next, [10, 20, 30]) : null
  return {
    credit_code,
    company_name: `${city.short_name}${pick(next, WORDS)}${pick(next, SECOND)}${trade}有限公司`,
    company_kind: next() < 0.9 ? '1130' : '1223',
    legal_representative: person.person_name,
    legal_representative_id: person.citizen_id,
    registered_capital: pick(next, [10, 50, 100, 200, 500, 1000, 3000, 10000]),
    currency: '156',
    established_on: dateOf(established),
    term_from: dateOf(established),
    term_to: term === null ? null : dateOf(term),
    registered_office: `青海省${county.name}${pick(next, ['人民路', '建设街', '黄河路', '昆仑大道', '民主巷'])}${between(next, 1, 320)}号`,
    business_scope: scope,
    industry_code,
    registration_organ: `${county.short_name}市场监督管理局`,
    registration_status: weighted(next(), STATUSES),
    checked_on: dateOf(between(next, established, dayOf('2017-11-30'))),
  }
}

/** All firms of the demo: only their codes are kept, everything else is made when somebody asks. */
export const makeFirms = (people: People, count = FIRMS): Firms => {
  const codes = Array.from({ length: count }, (_, index) => codeOf(index, countyOf(index)))
  const byCode = new Map(codes.map((code, index) => [code, index]))
  return {
    count,
    at: (index) => firmOf(codes[index] as string, index, people),
    find: (credit_code) => {
      const index = byCode.get(credit_code)
      return index === undefined ? undefined : firmOf(credit_code, index, people)
    },
  }
}
