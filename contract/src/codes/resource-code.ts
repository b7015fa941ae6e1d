import { type Parsed, refuse, type TextFault, textFault } from './parsed.ts'

export interface ResourceCode {
  readonly resource_class: 'base' | 'theme' | 'department'
  /** 类 1 + 项 2 + 目 3 + 细目 of any length. */
  readonly class_code: string
  readonly seq: number
}

export type ResourceCodeFault = TextFault | 'layout' | 'sequence'

const CLASSES: Readonly<Record<string, ResourceCode['resource_class']>> = { 1: 'base', 2: 'theme', 3: 'department' }
const LAYOUT = /^([123]\d{5}[0-9A-Z]*)\/(\d{1,10})$/

/** 信息资源代码 (发改高技〔2017〕1272号, domain §1.3): `302015001/000007`. */
export const parseResourceCode = (text: string): Parsed<ResourceCode, ResourceCodeFault> => {
  const fault = textFault(text, '信息资源代码')
  if (fault) return fault
  const match = LAYOUT.exec(text)
  if (!match) return refuse('layout', '信息资源代码应为“类 1 位、项 2 位、目 3 位、细目 / 顺序号”，如 302015001/000007')
  const [, class_code = '', seq = ''] = match
  if (Number(seq) === 0) return refuse('sequence', '信息资源代码的顺序号从 1 起')
  const resource_class = CLASSES[class_code.charAt(0)] ?? 'department'
  return { ok: true, value: text, resource_class, class_code, seq: Number(seq) }
}

/** The code this platform gives: the sequence number padded to six digits. */
export const formatResourceCode = (class_code: string, seq: number): string =>
  `${class_code}/${String(seq).padStart(6, '0')}`

/** In addresses the code's `/` is written `-`. */
export const toAddressCode = (code: string): string => code.replace('/', '-')
export const fromAddressCode = (text: string): string => text.replace('-', '/')
