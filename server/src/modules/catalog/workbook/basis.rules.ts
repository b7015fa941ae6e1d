import { BASIS_KINDS, type Basis, type Standard } from '@sanjiang/contract/catalog'
import { findCode } from './code.rules.ts'
import type { Read } from './value.rules.ts'

// The census workbook has one cell for the condition of sharing and for the basis of withholding.

const MARK = /^(?:依据|不予共享依据)[:：]\s*/
const SENTENCE = /^([^《]*)《([^》]+)》\s*([^（(]*?)\s*(?:[（(]([^）)]*)[）)])?$/
const KIND_BY_NAME = [
  [/(?:法|法典|决定)$/, 'law'],
  [/(?:条例)$/, 'administrative_regulation'],
] as const

const isKind = (kind: string | undefined): kind is Basis['kind'] => (BASIS_KINDS.codes as string[]).includes(kind ?? '')

const parsed = (text: string): Basis | null => {
  try {
    const { kind, title, clause, document_no } = JSON.parse(text) as Partial<Basis>
    const parts = [title, clause, document_no]
    if (!isKind(kind) || parts.some((part) => typeof part !== 'string')) return null
    return { kind, title: title!, clause: clause!, document_no: document_no! }
  } catch {
    return null
  }
}

/** 法律《统计法》第二十五条（主席令第15号）; the platform writes what does not fit into that sentence as JSON. */
export const readBasis = (standard: Standard, given: string): Read<Basis> => {
  const text = given.replace(MARK, '').trim()
  const exact = text.startsWith('{') ? parsed(text) : null
  if (exact) return { value: exact }
  const [, before = '', title = '', clause = '', documentNo = ''] = SENTENCE.exec(text) ?? []
  if (title === '')
    return {
      value: null,
      remark: {
        rule: 'W04',
        level: 'error',
        message: `不予共享依据请写成：法律《名称》第几条（文号），现为“${text.slice(0, 40)}”`,
      },
    }
  const said = before.trim() === '' ? null : findCode(standard, 'basis_kind', before.trim())
  const basis = { title, clause: clause.trim(), document_no: documentNo.trim() }
  if (said && isKind(said.code)) return { value: { kind: said.code, ...basis } }
  const kind = KIND_BY_NAME.find(([rule]) => rule.test(title))?.[1]
  if (kind && before.trim() === '')
    return {
      value: { kind, ...basis },
      remark: {
        rule: 'W08',
        level: 'warning',
        message: `依据没有写明类别，由名称《${title}》看作“${BASIS_KINDS.titles[kind]}”`,
      },
    }
  return {
    value: null,
    remark: { rule: 'W04', level: 'error', message: `《${title}》前请写明是法律、行政法规，还是党中央、国务院政策` },
  }
}

const same = (one: Basis | null, other: Basis): boolean =>
  one !== null &&
  one.kind === other.kind &&
  one.title === other.title &&
  one.clause === other.clause &&
  one.document_no === other.document_no

export const writtenBasis = (standard: Standard, basis: Basis): string => {
  const { kind, title, clause, document_no } = basis
  const sentence = `依据：${BASIS_KINDS.titles[kind] ?? kind}《${title}》${clause}${document_no === '' ? '' : `（${document_no}）`}`
  const read = readBasis(standard, sentence)
  const isKept = same(read.value, basis) && !read.remark && !sentence.includes('\n')
  return isKept ? sentence : `依据：${JSON.stringify({ kind, title, clause, document_no })}`
}

/** The condition cell of the census workbook: what stands behind 依据： is the basis, what stands before it the condition. */
export const splitCondition = (text: string): { readonly condition: string | null; readonly basis: string | null } => {
  const at = [...text.matchAll(/(?:^|\n)(?:依据|不予共享依据)[:：]/g)].at(-1)
  if (!at) return { condition: text.trim() || null, basis: null }
  return { condition: text.slice(0, at.index).trim() || null, basis: text.slice(at.index).trim() }
}
