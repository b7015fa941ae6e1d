import { between, DEMO_SEED, dateOf, dayOf, generator, hash, pick } from '../random.ts'
import type { Person } from './people.ts'

/** What other departments keep about a person, made from who the person is; `null` where they keep nothing. */
const nextOf = (kind: string, person: Person): (() => number) => generator(hash(DEMO_SEED, kind, person.citizen_id))
const ageOf = (person: Person): number => 2017 - Number(person.birth_on.slice(0, 4))
const yearAt = (person: Person, age: number): number => Number(person.birth_on.slice(0, 4)) + age

const COLLEGES = [
  '青海大学',
  '青海师范大学',
  '青海民族大学',
  '青海卫生职业技术学院',
  '青海交通职业技术学院',
  '西宁城市职业技术学院',
]
const MAJORS = [
  '藏医学',
  '草业科学',
  '汉语言文学',
  '会计学',
  '土木工程',
  '计算机应用技术',
  '护理',
  '盐湖化工',
  '旅游管理',
  '畜牧兽医',
]

export interface Diploma {
  readonly certificate_code: string
  readonly graduated_school: string
  readonly major: string
  readonly degree: string
  readonly graduated_on: string
  readonly study_form: string
  readonly certificate_status: string
}

export const diplomaOf = (person: Person): Diploma | null => {
  if (!['20', '30'].includes(person.education_level)) return null
  const next = nextOf('diploma', person)
  const isBachelor = person.education_level === '20'
  const year = Math.min(2017, yearAt(person, isBachelor ? 22 : 21))
  return {
    certificate_code: `10743${year}0${isBachelor ? '5' : '6'}${String(between(next, 1, 999999)).padStart(6, '0')}`,
    graduated_school: pick(next, isBachelor ? COLLEGES.slice(0, 3) : COLLEGES.slice(3)),
    major: pick(next, MAJORS),
    degree: isBachelor ? '本科' : '专科',
    graduated_on: `${year}-07-01`,
    study_form: next() < 0.8 ? '普通全日制' : '成人',
    certificate_status: '1',
  }
}

export interface Insurance {
  readonly insurance_kind: string
  readonly insured_unit: string | null
  readonly insured_on: string
  readonly insurance_status: string
  readonly contribution_base: number | null
  readonly entitled_from: string
  readonly entitled_to: string
  readonly has_remote_filing: boolean
  readonly agency: string
}

/** Everybody living is insured: working people of age through an employer, the others as residents (2017). */
export const medicalOf = (person: Person): Insurance | null => {
  if (person.is_deceased) return null
  const next = nextOf('medical', person)
  const isEmployed = ageOf(person) >= 22 && ageOf(person) < 60 && next() < 0.35
  const since = between(next, dayOf('2008-01-01'), dayOf('2017-09-01'))
  return {
    insurance_kind: isEmployed ? '310' : '390',
    insured_unit: isEmployed
      ? `${pick(next, ['西宁', '海东', '格尔木'])}${pick(next, ['市第一中学', '盐湖化工有限公司', '公交公司', '人民医院'])}`
      : null,
    insured_on: dateOf(since),
    insurance_status: next() < 0.95 ? '1' : '2',
    contribution_base: isEmployed ? between(next, 3200, 16000) : null,
    entitled_from: '2017-01-01',
    entitled_to: '2017-12-31',
    has_remote_filing: next() < 0.05,
    agency: `${person.registered_address.slice(3, 9)}医疗保险管理局`,
  }
}

export interface Pension {
  readonly insured_unit: string
  readonly credit_code: string
  readonly insured_on: string
  readonly insurance_status: string
  readonly contribution_base: number
  readonly paid_months: number
  readonly account_balance: number
  readonly last_paid_month: string
  readonly agency: string
}

export const pensionOf = (person: Person): Pension | null => {
  const medical = medicalOf(person)
  if (!medical?.insured_unit || medical.contribution_base === null) return null
  const next = nextOf('pension', person)
  const paid_months = between(next, 6, Math.min(300, (ageOf(person) - 21) * 12))
  return {
    insured_unit: medical.insured_unit,
    credit_code: '12630000MB1A00028D',
    insured_on: medical.insured_on,
    insurance_status: next() < 0.92 ? '1' : '2',
    contribution_base: medical.contribution_base,
    paid_months,
    account_balance: Math.round(paid_months * medical.contribution_base * 0.08 * 100) / 100,
    last_paid_month: next() < 0.9 ? '201711' : '201710',
    agency: '青海省社会保险事业管理局',
  }
}

export interface Pupil {
  readonly student_no: string
  readonly school_name: string
  readonly school_code: string
  readonly grade: string
  readonly class_name: string
  readonly enrolled_on: string
  readonly attendance_mode: string
  readonly is_left_behind: boolean
  readonly is_migrant_child: boolean
  readonly guardian_name: string
  readonly guardian_phone: string
  readonly enrolment_status: string
}

const GRADES = '一年级|二年级|三年级|四年级|五年级|六年级|初一|初二|初三|高一|高二|高三'.split('|')

export const pupilOf = (person: Person): Pupil | null => {
  const grade = ageOf(person) - 7
  if (grade < 0 || grade >= GRADES.length) return null
  const next = nextOf('pupil', person)
  return {
    student_no: `G${person.citizen_id}`,
    school_name: `${person.birth_place.slice(3)}${pick(next, ['第一', '第二', '民族', '寄宿制'])}${grade < 6 ? '小学' : '中学'}`,
    school_code: `3163${String(between(next, 1, 999999)).padStart(6, '0')}`,
    grade: GRADES[grade] as string,
    class_name: `${between(next, 1, 8)}班`,
    enrolled_on: `${2017 - (grade % 6)}-09-01`,
    attendance_mode: next() < 0.4 ? '2' : '1',
    is_left_behind: next() < 0.12,
    is_migrant_child: next() < 0.08,
    guardian_name: person.person_name.slice(0, 1) + pick(next, ['建国', '志强', '玉兰', '才让', '卓玛']),
    guardian_phone: `139${String(between(next, 0, 99999999)).padStart(8, '0')}`,
    enrolment_status: '01',
  }
}

export interface Marriage {
  readonly registration_no: string
  readonly registration_kind: string
  readonly registered_on: string
  readonly registration_organ: string
  readonly registrar: string
  readonly print_no: string
}

/** The last entry about somebody who is or was married; the partner is not told, so that no two records have to agree. */
export const marriageOf = (person: Person): Marriage | null => {
  if (!['20', '40'].includes(person.marital_status)) return null
  const next = nextOf('marriage', person)
  const year = Math.min(2017, yearAt(person, between(next, 22, 30)))
  const isDivorce = person.marital_status === '40'
  return {
    registration_no: `${isDivorce ? 'L' : 'J'}${person.division_code}-${year}-${String(between(next, 1, 999999)).padStart(6, '0')}`,
    registration_kind: isDivorce ? '2' : '1',
    registered_on: `${year}-0${between(next, 1, 9)}-1${between(next, 0, 9)}`,
    registration_organ: `${person.birth_place.slice(3)}民政局婚姻登记处`,
    registrar: pick(next, ['马玉梅', '李海', '卓玛', '王芳']),
    print_no: String(between(next, 10000000, 99999999)),
  }
}
