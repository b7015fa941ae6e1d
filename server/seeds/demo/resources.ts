import { classCodeOf, organs, type ReferenceOrgan } from '../reference/organs.ts'
import { counties, prefectures, province, type Region, regionOf } from '../reference/regions.ts'
import { type Archetype, type ArchetypeItem, type ArchetypeLevel, loadArchetypes } from './archetype.ts'
import { DEMO_SEED, dateOf, dayOf, generator, hash, pick } from './random.ts'
import {
  basisOf,
  type DemoItem,
  itemsOf,
  loosestShare,
  type OpenType,
  type ShareBasis,
  type ShareType,
} from './resource-item.ts'

export interface Census {
  total_storage_gb: number
  structured_rows_10k: number
  shared_storage_gb: number
  shared_rows_10k: number
  open_storage_gb: number
  open_rows_10k: number
}

/** A catalogue entry of the demo province: the catalogue's own fields, and `key` by which services and history refer to it. */
export interface DemoResource {
  /** `<organ id>.<archetype>[.<year>]`, e.g. `6300003007.resident_person`. */
  key: string
  class_code: string
  name: string
  name_en: string
  provider_organ_id: string
  inner_dept: string
  summary: string
  source_system_name: string | null
  format_category: string
  format_type: string
  format_note: string | null
  share_type: ShareType
  share_condition: string | null
  share_basis: ShareBasis | null
  share_method_category: 'platform' | 'email' | 'copy' | 'medium' | null
  share_method_type: 'database' | 'file' | 'api' | null
  open_type: OpenType
  open_condition: string | null
  update_cycle: string
  related_codes: string[]
  keywords: string[]
  census: Census
  compiled_on: string
  items: DemoItem[]
}

interface Instance {
  archetype: Archetype
  organ: ReferenceOrgan
  region: Region
  level: ArchetypeLevel
  year: number | null
}

const LAST_YEAR = 2016
/** Yearly series: the province keeps five years online, a prefecture three, a county the last one. */
const SERIES_YEARS: Readonly<Record<ArchetypeLevel, number>> = { P: 5, C: 3, X: 1 }
/** By the end of 2017 most counties had listed part of what they hold; the pilot city Golmud everything. */
const COUNTY_COVERAGE = 0.5
const PILOT = '632801'

const OPEN_CONDITION = '申请人实名注册并说明用途，签订数据使用承诺书，不得用于识别特定自然人'
const FILE_FORMATS = new Set(['electronic_file', 'spreadsheet', 'image', 'stream', 'self_described'])
const LOCAL_TYPES: Readonly<Record<string, readonly string[]>> = {
  database: ['oracle', 'MySQL', 'sql server', 'oracle'],
  spreadsheet: ['xlsx', 'xls', 'et'],
}
const LOCAL_SENTENCES: readonly string[] = [
  '数据按归属地从省级系统回流，与本级业务库核对后编目。',
  '由各乡镇（街道）采集、本级业务科室审核后入库。',
  '业务数据集中存放在省级平台，本级负责采集、更新和核实。',
  '',
  '',
]

const levelOf = (region: Region): ArchetypeLevel =>
  region.level === 'province' ? 'P' : region.level === 'prefecture' ? 'C' : 'X'

/** 湟中县 and the like keep their names of 2017; organs founded later compile nothing yet. */
const compilesIn2017 = (organ: ReferenceOrgan): boolean => organ.founded_on <= '2017-12-31'

const isListed = (archetype: Archetype, organ: ReferenceOrgan, level: ArchetypeLevel): boolean => {
  if (level !== 'X' || organ.division_code === PILOT) return true
  return hash(DEMO_SEED, 'listed', organ.id, archetype.key) / 2 ** 32 < COUNTY_COVERAGE
}

const instancesOf = (archetype: Archetype, organ: ReferenceOrgan): Instance[] => {
  const region = regionOf(organ.division_code)
  const level = levelOf(region)
  const restricted = archetype.levels.get(level)
  if (restricted === undefined || (restricted && !restricted.has(region.code))) return []
  if (!isListed(archetype, organ, level)) return []
  const base = { archetype, organ, region, level }
  if (!archetype.is_series) return [{ ...base, year: null }]
  return Array.from({ length: SERIES_YEARS[level] }, (_, back) => ({ ...base, year: LAST_YEAR - back }))
}

const nameOf = ({ archetype, region, level, year }: Instance): string => {
  const place = level === 'P' ? (year === null ? '' : province.name) : region.short_name
  return `${year === null ? '' : `${year}年`}${place}${archetype.name}`
}

const titleCase = (key: string): string =>
  key.replaceAll('_', ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase())

const summaryOf = (instance: Instance, next: () => number): string => {
  const { archetype, level, region, year } = instance
  const place = level === 'P' ? '全省' : region.short_name
  const local = level === 'P' ? '' : pick(next, LOCAL_SENTENCES)
  return `${archetype.summary.replaceAll('{地}', place)}${year === null ? '' : `数据所属年度为${year}年。`}${local}`
}

/** 处 → 科 → 股, 总队 → 支队 → 大队: the same work one and two levels down. */
const innerDeptOf = ({ archetype, level }: Instance): string => {
  if (level === 'P') return archetype.inner_dept
  const [office, brigade] = level === 'C' ? ['科', '支队'] : ['股', '大队']
  return archetype.inner_dept.replace(/处$/, office).replace('总队', brigade)
}

/** Local entries leave out a few items the province has: systems differ from place to place. Keys and the first five stay. */
const localItems = ({ archetype, level }: Instance, next: () => number): ArchetypeItem[] =>
  level === 'P' ? archetype.items : archetype.items.filter((item, index) => item.is_key || index < 5 || next() > 0.1)

const formatTypeOf = ({ archetype, level }: Instance, next: () => number): string => {
  const local = level === 'P' ? undefined : LOCAL_TYPES[archetype.format_category]
  return local && next() < 0.4 ? pick(next, local) : archetype.format_type
}

const openTypeOf = (archetype: Archetype, items: readonly ArchetypeItem[]): OpenType => {
  if (archetype.share === 'open') return 'unconditional'
  if (archetype.share === 'open_conditional') return 'conditional'
  const isPersonal = items.some((item) => item.sensitivity === 'L3' || item.sensitivity === 'L4')
  return archetype.share === 'conditional' && !isPersonal ? 'conditional' : 'closed'
}

type Method = Pick<DemoResource, 'share_method_category' | 'share_method_type'>

const methodOf = (archetype: Archetype, share: ShareType): Method => {
  if (share === 'withheld') return { share_method_category: null, share_method_type: null }
  if (archetype.condition.includes('介质交付')) return { share_method_category: 'medium', share_method_type: null }
  if (FILE_FORMATS.has(archetype.format_category))
    return { share_method_category: 'platform', share_method_type: 'file' }
  const isLive = archetype.format_category === 'service' || ['realtime', 'daily'].includes(archetype.update_cycle)
  return { share_method_category: 'platform', share_method_type: isLive ? 'api' : 'database' }
}

const round4 = (value: number): number => Math.floor(value * 10000) / 10000

/** Average fill of a field: most text columns hold about a third of their declared length. */
const rowBytes = (items: readonly ArchetypeItem[]): number =>
  items.reduce((sum, item) => sum + Math.min(item.length, 6000) * (item.data_type === 'C' ? 1 : 0.7), 0)

const censusOf = (instance: Instance, share: ShareType, open: OpenType, next: () => number): Census => {
  const { archetype, region, year } = instance
  const part = region.population_10k / province.population_10k
  const rows = round4((archetype.rows_10k * part * (0.85 + next() * 0.3)) / (year === null ? 1 : 4) + 0.0001)
  const storage = round4((rows * 10000 * rowBytes(archetype.items)) / 1e9 + 0.0001)
  const shared = share === 'unconditional' ? 0.5 + next() * 0.5 : share === 'conditional' ? next() * 0.3 : 0
  const opened = open === 'unconditional' ? shared * next() : open === 'conditional' ? shared * next() * 0.3 : 0
  return {
    total_storage_gb: storage,
    structured_rows_10k: rows,
    shared_storage_gb: round4(storage * shared),
    shared_rows_10k: round4(rows * shared),
    open_storage_gb: round4(storage * opened),
    open_rows_10k: round4(rows * opened),
  }
}

/** A working weekday between March and December 2017. */
const compiledOn = (next: () => number): string => {
  const day = dayOf('2017-03-01') + Math.floor(next() * 296)
  const weekday = (day + 4) % 7
  return dateOf(weekday === 0 ? day + 1 : weekday === 6 ? day - 1 : day)
}

const keywordsOf = ({ archetype, level, region }: Instance): string[] => {
  const core = archetype.name.replace(/[“”（）]/g, '').replace(/(基本|登记)?(信息|情况)$/, '')
  return [archetype.topic, core, ...(level === 'P' ? [] : [region.short_name])]
}

const resourceOf = (instance: Instance): DemoResource => {
  const { archetype, organ, level, year } = instance
  const key = `${organ.id}.${archetype.key}${year === null ? '' : `.${year}`}`
  const next = generator(hash(DEMO_SEED, 'resource', key))
  const chosen = localItems(instance, next)
  const open_type = openTypeOf(archetype, chosen)
  const items = itemsOf(archetype, chosen, open_type)
  const share_type = loosestShare(items)
  return {
    key,
    class_code: (level === 'P' && archetype.class_code) || classCodeOf(organ),
    name: nameOf(instance),
    name_en: `${titleCase(archetype.key)}${year === null ? '' : ` ${year}`}`,
    provider_organ_id: organ.id,
    inner_dept: innerDeptOf(instance),
    summary: summaryOf(instance, next),
    source_system_name: archetype.source_system_name,
    format_category: archetype.format_category,
    format_type: formatTypeOf(instance, next),
    format_note:
      archetype.format_category === 'self_described'
        ? '地理信息矢量图层（shp、gdb）或栅格影像（GeoTIFF），附元数据说明'
        : null,
    share_type,
    share_condition: share_type === 'conditional' ? archetype.condition : null,
    share_basis: share_type === 'withheld' ? basisOf(archetype.basis_key ?? 'sharing_measures') : null,
    ...methodOf(archetype, share_type),
    open_type,
    open_condition: open_type === 'conditional' ? OPEN_CONDITION : null,
    update_cycle: year !== null && year < LAST_YEAR ? 'none' : archetype.update_cycle,
    related_codes: [],
    keywords: keywordsOf(instance),
    census: censusOf(instance, share_type, open_type, next),
    compiled_on: compiledOn(next),
    items,
  }
}

/** Every catalogue entry of the demo province, the same list every time, province first. */
export function* demoResources(): Generator<DemoResource> {
  const archetypes = Map.groupBy(loadArchetypes(), (archetype) => archetype.organ_seq)
  const known = new Set([province, ...prefectures, ...counties].map((region) => region.code))
  for (const organ of organs) {
    if (!compilesIn2017(organ) || !known.has(organ.division_code)) continue
    for (const archetype of archetypes.get(organ.seq_code) ?? []) {
      for (const instance of instancesOf(archetype, organ)) yield resourceOf(instance)
    }
  }
}
