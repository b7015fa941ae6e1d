import type { ServiceDraft } from '@sanjiang/contract/gateway'
import * as dialect from './dialects.ts'
import { makeFirms } from './firms.ts'
import { makePeople, type Person } from './people.ts'
import { diplomaOf, marriageOf, medicalOf, pensionOf, pupilOf } from './records.ts'

type Found = Record<string, unknown> | null
type Subject = 'citizen_id' | 'credit_code'

/** One HTTP service of a department in its own dialect, and how the gateway reads it as a catalogue entry. */
export interface Offer {
  readonly resource_key: string
  readonly path: string
  /** What one record is asked for by; `item` is its name in the catalogue. */
  readonly key: { readonly name: Subject; readonly item: string }
  readonly fields: dialect.Mapping
  readonly rows_pointer: string
  readonly ok_rule: ServiceDraft['ok_rule']
  readonly timeout_ms?: number
  /** The record under a key, by item names. */
  find(key: string): Found
  /** The department's answer around what was found, already under its own names. */
  wrap(found: Found, key: string): unknown
  /** How long it takes over an answer. */
  delayOf?(key: string): number
}

/** The record as the department writes it. */
const inDialect = (fields: dialect.Mapping, found: Found): Found =>
  found && Object.fromEntries(fields.map(([item, name]) => [name, found[item] ?? null]))

export const answerOf = (offer: Offer, key: string): unknown =>
  offer.wrap(inDialect(offer.fields, offer.find(key)), key)

type Look = (key: string) => Person | undefined

/** A record kept beside who the person is. */
const kept =
  (look: Look, of: (person: Person) => object | null) =>
  (key: string): Found => {
    const person = look(key)
    const found = person && of(person)
    return found ? { ...person, social_security_no: key, ...found } : null
  }

const byCitizen = { name: 'citizen_id', item: 'citizen_id' } as const
const byInsured = { name: 'citizen_id', item: 'social_security_no' } as const
const byFirm = { name: 'credit_code', item: 'credit_code' } as const

const POLICE = {
  key: byCitizen,
  rows_pointer: '/data',
  ok_rule: { pointer: '/code', values: [0] },
  wrap: (data: Found) => ({ code: 0, msg: data ? '成功' : '查无此人', data }),
}
const COMMERCE = {
  key: byFirm,
  rows_pointer: '/result/list',
  ok_rule: { pointer: '/success', values: [true] },
  wrap: (found: Found) => ({ success: true, result: { total: found ? 1 : 0, list: found ? [found] : [] } }),
}
const SOCIAL_SECURITY = {
  key: byInsured,
  rows_pointer: '/rows',
  ok_rule: { pointer: '/retCode', values: ['0000'] },
  wrap: (found: Found) => ({ retCode: '0000', retMsg: '', rows: found ? [found] : [] }),
}

/** The provider with a quirk: it tells every failure with HTTP 200, and fails for numbers that end in 9. */
const diplomaAnswer = (content: Found, key: string): unknown =>
  key.endsWith('9') ? { status: 'ERROR', message: 'ORA-12541: TNS:no listener' } : { status: 'SUCCESS', content }

const SLOW_MS = 1200
const TOO_SLOW_MS = 6000
/** The slow provider takes its time over everybody, and too much over numbers that end in 1. */
const marriageDelay = (key: string): number => (key.endsWith('1') ? TOO_SLOW_MS : SLOW_MS)

/** Only the side that asked is told, so that no two records of the demo have to agree. */
const marriageSide = (person: Person): object | null => {
  const found = marriageOf(person)
  const side = person.sex === '1' ? 'husband' : 'wife'
  const { person_name, citizen_id } = person
  const nationality = { husband_nationality: '156', wife_nationality: '156' }
  return found && { ...found, ...nationality, [`${side}_name`]: person_name, [`${side}_citizen_id`]: citizen_id }
}

/** Everything the demo's departments serve. */
export const makeOffers = (people = makePeople(), firms = makeFirms(people)): Offer[] => {
  const self = kept(people.find, (person) => person)
  const firm = (code: string): Found => {
    const found = firms.find(code)
    return found ? { ...found } : null
  }
  return [
    {
      ...POLICE,
      resource_key: '6300003007.resident_person',
      path: '/police/persons',
      fields: dialect.POLICE,
      find: self,
    },
    {
      ...POLICE,
      resource_key: '6300003007.population_core',
      path: '/police/core',
      fields: dialect.POLICE_CORE,
      find: self,
    },
    {
      ...COMMERCE,
      resource_key: '6300003027.company',
      path: '/commerce/companies',
      fields: dialect.COMPANY,
      find: firm,
    },
    {
      ...COMMERCE,
      resource_key: '6300003027.company_core',
      path: '/commerce/core',
      fields: dialect.COMPANY_CORE,
      find: firm,
    },
    {
      ...SOCIAL_SECURITY,
      resource_key: '6300003013.medical_insured',
      path: '/social-security/medical',
      fields: dialect.MEDICAL,
      find: kept(people.find, medicalOf),
    },
    {
      ...SOCIAL_SECURITY,
      resource_key: '6300003013.pension_insured',
      path: '/social-security/pension',
      fields: dialect.PENSION,
      find: kept(people.find, pensionOf),
    },
    {
      resource_key: '6300003004.pupil',
      path: '/education/pupils',
      key: byCitizen,
      fields: dialect.PUPIL,
      rows_pointer: '/student',
      ok_rule: null,
      find: kept(people.find, pupilOf),
      wrap: (student) => ({ student }),
    },
    {
      resource_key: '6300003004.diploma',
      path: '/education/diplomas',
      key: byCitizen,
      fields: dialect.DIPLOMA,
      rows_pointer: '/content',
      ok_rule: { pointer: '/status', values: ['SUCCESS'] },
      find: kept(people.find, diplomaOf),
      wrap: diplomaAnswer,
    },
    {
      resource_key: '6300003010.marriage',
      path: '/civil-affairs/marriages',
      key: { name: 'citizen_id', item: 'husband_citizen_id' },
      fields: dialect.MARRIAGE,
      rows_pointer: '/records',
      ok_rule: null,
      timeout_ms: 3000,
      find: kept(people.find, marriageSide),
      wrap: (found) => ({ records: found ? [found] : [] }),
      delayOf: marriageDelay,
    },
  ]
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  citizen_id: 'citizen_id',
  social_security_no: 'citizen_id',
  husband_citizen_id: 'citizen_id',
  wife_citizen_id: 'citizen_id',
  legal_representative_id: 'citizen_id',
  credit_code: 'credit_code',
}

/** The attachment of an offer to its resource, as a department enters it at the gateway. */
export const draftOf = (offer: Offer, origin: string, resource_id: string): ServiceDraft => ({
  resource_id,
  body_kind: 'json',
  method: 'GET',
  url: `${origin}${offer.path}/{${offer.key.name}}`,
  parameters: [
    {
      name: offer.key.name,
      in: 'path',
      item: offer.key.item,
      required: true,
      subject: offer.key.name,
    },
  ],
  rows_pointer: offer.rows_pointer,
  fields: offer.fields.map(([item, field]) => ({
    item,
    pointer: `/${field}`,
    subject: SUBJECTS[item] ?? null,
  })),
  ok_rule: offer.ok_rule,
  timeout_ms: offer.timeout_ms ?? 3000,
  concurrency: 64,
})
