import { makeCreditCode } from '../check-digits.ts'
import {
  type BureauRow,
  bureausOfCounty,
  FORMER_NAMES,
  FOUNDED,
  type OrganRow,
  PREFECTURE_BUREAUS,
  PREFECTURE_FOUNDED,
  PROVINCIAL,
  REFORMED,
  SUCCESSIONS,
  SURVIVORS,
} from './organ.data.ts'
import { counties, prefectures, province, type Region } from './regions.ts'

export type OrganKind = 'party' | 'government' | 'mass' | 'vertical' | 'institution'

/** A reference organ; the loader hands it to identity as it is. Dates are `YYYY-MM-DD`. */
export interface ReferenceOrgan {
  /** 区划6 + 类别1 + 序号3 (domain §8.3). */
  id: string
  name: string
  short_name: string
  former_names: { name: string; valid_from: string; valid_to: string }[]
  aliases: string[]
  parent_id: string | null
  division_code: string
  kind: OrganKind
  /** Synthetic: the check digits are right, the code is nobody's; the real ones were not found (domain §12.1-9). */
  credit_code: string
  credit_code_verified: false
  seq_code: string
  founded_on: string
  dissolved_on: string | null
  successors: { organ_id: string; on: string; how: 'renamed' | 'merged' | 'split' }[]
  /** False: names and dates are common knowledge, not read from an authority's document. */
  verified: boolean
}

const KIND_OF: Readonly<Record<string, OrganKind>> = {
  1: 'party',
  3: 'government',
  7: 'mass',
  8: 'vertical',
  9: 'institution',
}
/** First two characters of the credit code: 机构编制 1 机关 · 2 事业单位 · 3 群团 · 9 其他 (GB 32100, 通识未核). */
const REGISTRY_OF: Readonly<Record<OrganKind, string>> = {
  party: '11',
  government: '11',
  mass: '13',
  vertical: '11',
  institution: '12',
}
const GOVERNMENT_SEQ = '900'

/** Organs the plan of 2017-09-25 names itself; for these name and duty are read, not assumed. */
const NAMED_BY_PLAN = new Set('001 002 007 010 012 023 027 028 033 034 039 045 047 048 049 050 051 052'.split(' '))

interface Seat {
  division_code: string
  class_digit: string
  seq: string
}

export const organIdOf = (seat: Seat): string => `${seat.division_code}${seat.class_digit}${seat.seq}`

/** A credit code that parses but belongs to nobody: the subject part is the organ's own number. */
const creditCodeOf = (seat: Seat): string => {
  const subject = `${seat.division_code.slice(2)}${seat.class_digit}${seat.seq}`
  const kind = KIND_OF[seat.class_digit] ?? 'government'
  return makeCreditCode(REGISTRY_OF[kind], seat.division_code, subject)
}

const organOf = (seat: Seat, names: { name: string; short_name: string; aliases: string }): ReferenceOrgan => ({
  id: organIdOf(seat),
  name: names.name,
  short_name: names.short_name,
  former_names: [],
  aliases: names.aliases.split(' ').filter(Boolean),
  parent_id: null,
  division_code: seat.division_code,
  kind: KIND_OF[seat.class_digit] ?? 'government',
  credit_code: creditCodeOf(seat),
  credit_code_verified: false,
  seq_code: seat.seq,
  founded_on: '1950-01-01',
  dissolved_on: null,
  successors: [],
  verified: false,
})

const governmentOf = (region: Region): ReferenceOrgan => {
  const suffix = region.name.endsWith('行政委员会') ? '' : '人民政府'
  const organ = organOf(
    { division_code: region.code, class_digit: '3', seq: GOVERNMENT_SEQ },
    {
      name: `${region.name}${suffix}`,
      short_name: `${region.short_name}${suffix && '政府'}`,
      aliases: region.short_name,
    },
  )
  organ.parent_id = region.parent_code && `${region.parent_code}3${GOVERNMENT_SEQ}`
  organ.founded_on = PREFECTURE_FOUNDED[region.parent_code === '630000' ? region.code : ''] ?? '1950-01-01'
  return organ
}

const provincialOrgan = (row: OrganRow): ReferenceOrgan => {
  const [seq, class_digit, name, short_name, aliases] = row
  const organ = organOf({ division_code: province.code, class_digit, seq }, { name, short_name, aliases })
  organ.parent_id = `${province.code}3${GOVERNMENT_SEQ}`
  organ.founded_on = FOUNDED[seq] ?? organ.founded_on
  organ.verified = NAMED_BY_PLAN.has(seq)
  organ.former_names = FORMER_NAMES.filter((former) => former[0] === seq).map(([, was, valid_from, valid_to]) => ({
    name: was,
    valid_from,
    valid_to,
  }))
  return organ
}

const bureauOf = (region: Region, row: BureauRow): ReferenceOrgan => {
  const [seq, class_digit, ofCity, ofZhou, aliases] = row
  const suffix = region.name.endsWith('州') ? ofZhou : ofCity
  const organ = organOf(
    { division_code: region.code, class_digit, seq },
    { name: `${region.name}${suffix}`, short_name: `${region.short_name}${suffix}`, aliases },
  )
  organ.parent_id = `${region.code}3${GOVERNMENT_SEQ}`
  organ.founded_on = PREFECTURE_FOUNDED[region.code] ?? organ.founded_on
  return organ
}

/** The reform of 2018: new organs begin on the day their predecessors pass their duties on. */
const applySuccessions = (organs: readonly ReferenceOrgan[]): void => {
  const bySeq = new Map(organs.filter((o) => o.division_code === province.code).map((o) => [o.seq_code, o]))
  for (const [from, to, on, how] of SUCCESSIONS) {
    const before = bySeq.get(from)
    const after = bySeq.get(to)
    if (!before || !after) throw new Error(`succession ${from} → ${to} names an organ that is not listed`)
    before.successors.push({ organ_id: after.id, on, how })
    if (!SURVIVORS.has(from)) before.dissolved_on = on
    after.founded_on = on
  }
}

/** Divisions changed after 2017: their governments pass on to new ones (days of the State Council's approval, 未核). */
const SUCCEEDING_GOVERNMENTS = [
  { code: '630106', name: '湟中区', from: ['630122'], on: '2019-12-06', how: 'renamed', parent: '630100' },
  { code: '632301', name: '同仁市', from: ['632321'], on: '2020-06-05', how: 'renamed', parent: '632300' },
  { code: '632803', name: '茫崖市', from: ['632858', '632859'], on: '2018-02-22', how: 'merged', parent: '632800' },
] as const

const succeedingGovernments = (organs: readonly ReferenceOrgan[]): ReferenceOrgan[] =>
  SUCCEEDING_GOVERNMENTS.map(({ code, name, from, on, how, parent }) => {
    const after = governmentOf({
      code,
      name,
      short_name: name,
      parent_code: parent,
      level: 'county',
      population_10k: 0,
    })
    after.founded_on = on
    for (const old of from) {
      const before = organs.find((organ) => organ.id === `${old}3${GOVERNMENT_SEQ}`)
      if (!before) throw new Error(`no government of ${old}`)
      before.dissolved_on = on
      before.successors.push({ organ_id: after.id, on, how })
    }
    return after
  })

const build = (): readonly ReferenceOrgan[] => {
  const provincial = [...PROVINCIAL, ...REFORMED].map(provincialOrgan)
  applySuccessions(provincial)
  const cities = prefectures.flatMap((city) => [
    governmentOf(city),
    ...PREFECTURE_BUREAUS.map((row) => bureauOf(city, row)),
  ])
  const districts = counties.flatMap((county) => [
    governmentOf(county),
    ...bureausOfCounty(county.code).map((row) => bureauOf(county, row)),
  ])
  const organs = [governmentOf(province), ...provincial, ...cities, ...districts]
  return [...organs, ...succeedingGovernments(organs)]
}

/** Parents come before their children, so the list can be inserted in order. */
export const organs: readonly ReferenceOrgan[] = build()

const byId = new Map(organs.map((organ) => [organ.id, organ]))

/** The organ of an id, or a plain error: seeds never refer to an organ that is not listed. */
export const organById = (id: string): ReferenceOrgan => {
  const found = byId.get(id)
  if (!found) throw new Error(`no organ ${id} in the seeds`)
  return found
}

/** A provincial organ by its three-digit number, e.g. `provincialOrganOf('007')` 省公安厅. */
export const provincialOrganOf = (seq: string): ReferenceOrgan => {
  const found = organs.find((organ) => organ.division_code === province.code && organ.seq_code === seq)
  if (!found) throw new Error(`no provincial organ ${seq} in the seeds`)
  return found
}

/** Department-class code of an organ: `3` + 63 or the prefecture's two digits + sequence, a county adds its last four (domain §1.3, §8.3). */
export const classCodeOf = (organ: ReferenceOrgan): string => {
  if (organ.division_code === province.code) return `363${organ.seq_code}`
  const prefix = `3${organ.division_code.slice(2, 4)}${organ.seq_code}`
  return organ.division_code.endsWith('00') ? prefix : `${prefix}${organ.division_code.slice(2)}`
}
