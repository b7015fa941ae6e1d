import type { RuleCode } from './codes/rule.ts'
import { coded } from './values.ts'

/** What citizens send, on both sides of the wall (T4.2; P16–P19). */
export const INTAKE_KINDS = coded({
  question: '提问',
  correction: '纠错',
  wish: '未开放数据需求',
  support: '附议',
  showcase: '应用登记',
  broken_link: '链接失效报告',
  supplement: '补充说明',
  reopen: '申请重新办理',
  application: '有条件开放申请',
  appeal: '申诉',
  mend: '补正申请',
  agreement: '确认使用协议',
  rekey: '更换密钥',
})
export type IntakeKind = (typeof INTAKE_KINDS.codes)[number]

/** One thing that happened, as the public may read it. */
export interface IntakeStep {
  readonly on: string
  readonly title: string
  readonly text: string
}

/** A running or stopped promise; days left are folded where they are read. */
export interface IntakeClock {
  readonly rule_code: RuleCode
  readonly started_on: string
  readonly stopped_on: string | null
}

/** What the sender alone is told, for number and code. */
export interface IntakeStanding {
  readonly state: string
  readonly state_title: string
  readonly title: string
  readonly organ_name: string | null
  readonly received_on: string
  readonly clock: IntakeClock | null
  readonly answer: string | null
  readonly answered_on: string | null
  readonly timeline: readonly IntakeStep[]
  /** What may still be sent about it. */
  readonly can: readonly ('supplement' | 'reopen' | 'appeal' | 'mend' | 'agreement' | 'rekey')[]
  /** What kinds have of their own: a promise to sign, a key that was handed out. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** What everybody may read of it; a column of `site.thread` each. */
export interface IntakeThread {
  readonly kind: 'question' | 'correction' | 'wish' | 'showcase'
  readonly dataset_slug: string | null
  readonly title: string
  readonly text: string
  readonly state: 'waiting' | 'answered'
  readonly organ_name: string | null
  readonly received_on: string
  readonly rule_code: RuleCode | null
  readonly clock_started_on: string | null
  readonly answered_on: string | null
  readonly outcome: string | null
  readonly answer: string | null
  readonly support_count: number
  readonly detail: Readonly<Record<string, unknown>>
  readonly timeline: readonly IntakeStep[]
}

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Numbers and codes in letters nobody confuses: 5 bits each of what is given. */
export const lettersOf = (bytes: Uint8Array, count: number): string =>
  Array.from(bytes.subarray(0, count), (byte) => LETTERS[byte % 32]).join('')

export const NUMBER_PATTERN = /^GK\d{8}-[0-9A-HJKMNP-TV-Z]{8}$/

/** As people type it: any case, with or without spaces, O and I for the digits they look like. */
export const readLetters = (text: string): string =>
  text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')

/** A number as people type it; `''` where it is none. */
export const readNumber = (text: string): string => {
  const plain = text.toUpperCase().replace(/\s/g, '')
  const found = /^GK(\d{8})-?(.{8})$/.exec(plain)
  const number = found ? `GK${found[1]}-${readLetters(found[2]!)}` : ''
  return NUMBER_PATTERN.test(number) ? number : ''
}
