import type { RowValue } from '@sanjiang/contract/exchange'
import { escapeField, ROW_HANDLE } from '@sanjiang/seal'
import { invalid } from '#kernel/fault.ts'
import { type GrantNeeds, targetKeyOf } from './union.rules.ts'

interface Bound extends GrantNeeds {
  readonly key: readonly string[]
  readonly bindings: readonly { readonly item: string }[]
}

/** How rows of a subscription look, and by what they are asked for. */
export interface RowForm {
  /** The natural key of the source. */
  readonly natural: readonly string[]
  /** Key of the lines delivered: the natural one, or the handle. */
  readonly delivered: readonly string[]
  /** Granted items in the lines' order, without the handle. */
  readonly items: readonly string[]
}

export const formOf = ({ key, bindings, ...grant }: Bound): RowForm => ({
  natural: key,
  delivered: targetKeyOf(grant, key),
  items: bindings.map(({ item }) => item).filter((item) => grant.items.some(({ name_en }) => name_en === item)),
})

const isHandled = ({ delivered }: RowForm): boolean => delivered[0] === ROW_HANDLE

/**
 * By what somebody may ask. Under a handle a consumer asks by the handles it holds: could it ask by the natural key, the
 * answer would tell it whose rows they are, which its grant does not (ADR 0004).
 */
export const askableBy = (form: RowForm, isProvider: boolean): readonly string[] =>
  isHandled(form) && !isProvider ? [ROW_HANDLE] : form.natural

const sameNames = (values: readonly RowValue[], names: readonly string[]): boolean =>
  values.length === names.length && names.every((name) => values.some(({ item }) => item === name))

/** Values in the order of `names`, as they stand in a line. */
const fieldsIn = (values: readonly RowValue[], names: readonly string[]): string =>
  names.map((name) => escapeField(values.find(({ item }) => item === name)?.value ?? null)).join('\t')

export interface AskedKey {
  /** Key line of the natural key; undefined when asked by a handle. */
  readonly natural?: string
  readonly handle?: string
}

/** The key asked for; refuses names that are not the key's, or not for this asker. */
export const readKey = (values: readonly RowValue[], form: RowForm, isProvider: boolean): AskedKey => {
  if (isHandled(form) && sameNames(values, [ROW_HANDLE])) {
    const handle = values[0]?.value ?? ''
    if (!/^[0-9a-f]{32}$/.test(handle)) throw invalid('key', 'format', '行代号应为 32 位十六进制')
    return { handle }
  }
  if (!sameNames(values, form.natural)) throw invalid('key', 'items', `应给出键：${form.natural.join('、')}`)
  if (isHandled(form) && !isProvider) throw invalid('key', 'row_handle', '授权不含明文的键，只能按行代号查证', 'C1')
  return { natural: fieldsIn(values, form.natural) }
}

/** The whole row as its line without handle or operation; undefined when only the key was asked for. */
export const readRow = (values: readonly RowValue[] | undefined, { items }: RowForm): string | undefined => {
  if (!values) return undefined
  if (!sameNames(values, items)) throw invalid('row', 'items', `整行应给出全部交付的信息项：${items.join('、')}`)
  return fieldsIn(values, items)
}
