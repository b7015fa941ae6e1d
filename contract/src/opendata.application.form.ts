import { parseCreditCode } from './codes.ts'
import type { FieldFault } from './errors.ts'
import {
  APPLICANT_KINDS,
  type ApplicantKind,
  MISSING_PARTS,
  PROMISES,
  SECURITY_MEASURES,
  TERM_MONTHS,
  USE_PURPOSES,
} from './opendata.application.terms.ts'
import { proseIn } from './opendata.words.ts'

/** An application as it is filled in. Who applies and how to reach him is personal and kept apart inside. */
export interface ApplicationForm {
  readonly kind: ApplicantKind | ''
  readonly name: string
  readonly credit_code: string
  readonly contact_name: string
  readonly phone: string
  readonly email: string
  readonly qualification: string
  readonly purpose_code: string
  readonly purpose_text: string
  readonly security: readonly string[]
  readonly security_text: string
  readonly term_months: number
  readonly promise_version: string
}

export const CONTACT_FIELDS = ['name', 'credit_code', 'contact_name', 'phone', 'email'] as const

/** Characters a text may have. */
export const FORM_LIMITS = {
  ...{ kind: 20, name: 100, credit_code: 18, contact_name: 50, phone: 30, email: 100 },
  ...{ qualification: 1000, purpose_code: 20, purpose_text: 2000, security_text: 1000, promise_version: 20 },
} as const

/** What a stranger sent, brought into shape: every text capped, anything else empty. Says nothing about whether it holds. */
export const readForm = (raw: Readonly<Record<string, unknown>>): ApplicationForm => {
  const texts = Object.fromEntries(Object.entries(FORM_LIMITS).map(([name, max]) => [name, proseIn(raw[name], max)]))
  const measures = [raw.security ?? []].flat()
  const kind = APPLICANT_KINDS.codes.find((code) => code === texts.kind) ?? ''
  return {
    ...(texts as Record<keyof typeof FORM_LIMITS, string>),
    kind,
    credit_code: kind === 'organisation' ? texts.credit_code!.toUpperCase().replace(/\s/g, '') : '',
    contact_name: kind === 'organisation' ? texts.contact_name! : '',
    security: SECURITY_MEASURES.codes.filter((code) => measures.includes(code)),
    term_months: TERM_MONTHS.find((months) => months === Number(raw.term_months)) ?? 0,
  }
}

type Rule = readonly [field: keyof ApplicationForm, isBroken: (form: ApplicationForm) => boolean, message: string]

const PHONE = /^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,5})?)$/
const EMAIL = /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/

const WHO: readonly Rule[] = [
  ['kind', ({ kind }) => kind === '', '请选择以个人还是单位名义申请'],
  ['name', ({ name }) => name.length < 2, '请填写姓名或单位全称'],
  ['contact_name', ({ kind, contact_name }) => kind === 'organisation' && contact_name === '', '请填写单位联系人'],
  ['phone', ({ phone }) => !PHONE.test(phone), '请填写手机号或带区号的固定电话'],
  ['email', ({ email }) => email !== '' && !EMAIL.test(email), '电子邮箱的写法不对，不填也可以'],
  ['qualification', ({ qualification }) => qualification.length < 5, '请说明怎样符合开放条件，不少于 5 个字'],
]
const WHAT_FOR: readonly Rule[] = [
  ['purpose_code', ({ purpose_code }) => !(purpose_code in USE_PURPOSES.titles), '请选择用途'],
  ['purpose_text', ({ purpose_text }) => purpose_text.length < 10, '请说明拿数据做什么、成果给谁用，不少于 10 个字'],
  ['term_months', ({ term_months }) => term_months === 0, '请选择使用期限'],
]
const SAFETY: readonly Rule[] = [
  ['security', ({ security }) => security.length === 0, '请至少选择一项安全保障措施'],
  ['security_text', ({ security_text }) => security_text.length < 5, '请说明数据放在哪里、谁能看到，不少于 5 个字'],
]
const PROMISE: readonly Rule[] = [
  [
    'promise_version',
    ({ promise_version }) => !PROMISES.some(({ version }) => version === promise_version),
    '请阅读承诺书并勾选同意',
  ],
]

/** The steps of the form: what is asked on each. */
export const FORM_STEPS = [
  { name: 'who', title: '申请人', rules: WHO },
  { name: 'purpose', title: '用途和期限', rules: WHAT_FOR },
  { name: 'security', title: '安全保障', rules: SAFETY },
  { name: 'review', title: '核对和承诺', rules: PROMISE },
] as const
export type FormStep = (typeof FORM_STEPS)[number]['name']

const creditFault = ({ kind, credit_code }: ApplicationForm): FieldFault[] => {
  if (kind !== 'organisation') return []
  const parsed = parseCreditCode(credit_code)
  return parsed.ok
    ? []
    : [{ field: 'credit_code', rule: parsed.reason, message: parsed.message, clause: 'GB 32100-2015' }]
}

/** What is wrong on one step, in the order of its fields. */
export const stepFaults = (form: ApplicationForm, step: FormStep): FieldFault[] => {
  const { rules } = FORM_STEPS.find(({ name }) => name === step)!
  const found = rules
    .filter(([, isBroken]) => isBroken(form))
    .map(([field, , message]): FieldFault => ({ field, rule: 'required', message }))
  return step === 'who' ? [...found, ...creditFault(form)] : found
}

export const formFaults = (form: ApplicationForm): FieldFault[] =>
  FORM_STEPS.flatMap(({ name }) => stepFaults(form, name))

/** Answers to a notice, one text for each part that was asked for; parts left empty are missing. */
export const readAnswers = (raw: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    MISSING_PARTS.codes.map((code) => [code, proseIn(raw[code], 1000)] as const).filter(([, text]) => text.length > 0),
  )
