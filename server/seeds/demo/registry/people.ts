import { makeCitizenId } from '../../check-digits.ts'
import { counties } from '../../reference/regions.ts'
import { between, DEMO_SEED, dateOf, dayOf, generator, hash, pick, weighted } from '../random.ts'
import { nameOf, nationOf, surnameOf } from './names.ts'

/** A registered inhabitant as the police keep him. Nobody of them exists. */
export interface Person {
  readonly citizen_id: string
  readonly person_name: string
  readonly former_name: string | null
  readonly sex: '1' | '2'
  readonly nation: string
  readonly birth_on: string
  readonly birth_place: string
  readonly native_place: string
  readonly registered_address: string
  readonly household_no: string
  readonly relation_to_head: string
  readonly marital_status: string
  readonly education_level: string
  readonly mobile: string | null
  readonly police_station: string
  readonly moved_in_on: string | null
  readonly is_deceased: boolean
  readonly household_kind: string
  readonly division_code: string
}

export const PEOPLE = 100_000
const PER_HOUSEHOLD = 4
const TODAY = dayOf('2017-12-01')
const YEAR = 365.25

interface Member {
  readonly relation: string
  readonly sex: 1 | 2
  readonly born: number
}

interface Household {
  readonly division_code: string
  readonly place: string
  readonly nation: string
  readonly surname: string
  readonly address: string
  readonly household_no: string
  readonly station: string
  readonly members: readonly Member[]
}

const PLACES = counties.map((county) => [county, county.population_10k] as const)
const TOWNSHIPS = [
  '城关镇',
  '上五庄镇',
  '巴州镇',
  '加定镇',
  '河东乡',
  '柴达木路街道',
  '西关街道',
  '峨堡镇',
  '香日德镇',
  '结古街道',
]
const VILLAGES = [
  '东村',
  '新庄村',
  '上滩村',
  '下河村',
  '团结社区',
  '民族路社区',
  '牧业一社',
  '尕日村',
  '德吉村',
  '黄河村',
]

const membersOf = (next: () => number): Member[] => {
  const headAge = between(next, 26, 78)
  const headSex = next() < 0.72 ? 1 : 2
  const born = (age: number) => TODAY - Math.floor(age * YEAR) - between(next, 0, 364)
  const childAge = () => Math.max(0, headAge - between(next, 22, 36))
  return [
    { relation: '01', sex: headSex, born: born(headAge) },
    { relation: '10', sex: headSex === 1 ? 2 : 1, born: born(Math.max(22, headAge + between(next, -5, 3))) },
    ...[0, 1].map(() => {
      const sex = next() < 0.51 ? (1 as const) : (2 as const)
      return { relation: sex === 1 ? '20' : '30', sex, born: born(childAge()) }
    }),
  ]
}

const householdOf = (index: number): Household => {
  const next = generator(hash(DEMO_SEED, 'household', index))
  const county = weighted(next(), PLACES)
  const nation = nationOf(county.code, next)
  const village = `${pick(next, TOWNSHIPS)}${pick(next, VILLAGES)}`
  return {
    division_code: county.code,
    place: county.short_name,
    nation,
    surname: surnameOf(nation, next),
    address: `青海省${county.name}${village}${between(next, 1, 199)}号`,
    household_no: `${county.code}${String(index).padStart(6, '0')}`,
    station: `${county.short_name}公安局${village.slice(0, -2)}派出所`,
    members: membersOf(next),
  }
}

const compact = (day: number): string => dateOf(day).replaceAll('-', '')

/** The invented numbers of the documentation, so that a reader can type one in and find somebody. */
const KNOWN_IDS = ['63010319900101001X', '632801198512120037', '632221197803080029', '632701200002290014']

export interface People {
  readonly count: number
  at(index: number): Person
  find(citizen_id: string): Person | undefined
}

const idsOf = (count: number): Map<string, number> => {
  const byId = new Map<string, number>(KNOWN_IDS.map((id, index) => [id, index]))
  for (let index = KNOWN_IDS.length; index < count; index++) {
    const household = householdOf(Math.floor(index / PER_HOUSEHOLD))
    const member = household.members[index % PER_HOUSEHOLD] as Member
    // Order numbers of men are odd, of women even; one already given out passes on to the next of its kind.
    let order = (hash(DEMO_SEED, 'order', index) % 490) * 2 + (member.sex === 1 ? 11 : 10)
    const body = household.division_code + compact(member.born)
    let id = makeCitizenId(body + String(order).padStart(3, '0'))
    while (byId.has(id)) {
      order = order >= 998 ? order - 988 : order + 2
      id = makeCitizenId(body + String(order).padStart(3, '0'))
    }
    byId.set(id, index)
  }
  return byId
}

const maritalOf = (age: number, relation: string, next: () => number): string =>
  age < 22 ? '10' : relation === '10' || next() < 0.8 ? '20' : next() < 0.5 ? '40' : '30'

const educationOf = (age: number, next: () => number): string =>
  age < 7 ? '90' : age < 13 ? '81' : weighted(next(), EDUCATION)
const EDUCATION: readonly (readonly [level: string, weight: number])[] = [
  ['20', 12], // 本科
  ['30', 10], // 专科
  ['60', 15], // 高中
  ['70', 33], // 初中
  ['80', 30], // 小学
]

const personOf = (citizen_id: string, index: number): Person => {
  const household = householdOf(Math.floor(index / PER_HOUSEHOLD))
  const member = household.members[index % PER_HOUSEHOLD] as Member
  const next = generator(hash(DEMO_SEED, 'person', index))
  const born = dayOf(`${citizen_id.slice(6, 10)}-${citizen_id.slice(10, 12)}-${citizen_id.slice(12, 14)}`)
  const age = (TODAY - born) / YEAR
  const nation = member.relation === '10' ? nationOf(household.division_code, next) : household.nation
  const surname = member.relation === '10' ? surnameOf(nation, next) : household.surname
  const moved = next() < 0.2 ? between(next, Math.max(born, dayOf('1985-01-01')), TODAY) : null
  return {
    citizen_id,
    person_name: nameOf(nation, surname, next),
    former_name: next() < 0.03 ? nameOf(nation, surname, next) : null,
    sex: Number(citizen_id[16]) % 2 === 1 ? '1' : '2',
    nation,
    birth_on: dateOf(born),
    birth_place: `青海省${household.place}`,
    native_place: household.division_code,
    registered_address: household.address,
    household_no: household.household_no,
    relation_to_head: member.relation,
    marital_status: maritalOf(age, member.relation, next),
    education_level: educationOf(age, next),
    mobile:
      age > 12
        ? `1${pick(next, ['39', '38', '52', '86', '97'])}${String(between(next, 0, 99999999)).padStart(8, '0')}`
        : null,
    police_station: household.station,
    moved_in_on: moved === null ? null : dateOf(moved),
    is_deceased: age > 60 && next() < 0.02,
    household_kind: next() < 0.48 ? '10' : '20',
    division_code: household.division_code,
  }
}

/** All inhabitants of the demo: only their numbers are kept, everything else is made when somebody asks. */
export const makePeople = (count = PEOPLE): People => {
  const byId = idsOf(count)
  const ids = [...byId.keys()]
  return {
    count,
    at: (index) => personOf(ids[index] as string, index),
    find: (citizen_id) => {
      const index = byId.get(citizen_id)
      return index === undefined ? undefined : personOf(citizen_id, index)
    },
  }
}
