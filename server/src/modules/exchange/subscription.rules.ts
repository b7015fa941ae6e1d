import { isFilesRelation, type SubscriptionDraft } from '@sanjiang/contract/exchange'
import type { GrantedItem } from '@sanjiang/contract/sharing.terms'
import { Fault } from '#kernel/fault.ts'

/** A target must be whole for its kind: table and file name an agent, connection and place; push an address. */
export const assertTarget = (draft: SubscriptionDraft): void => {
  const needed = draft.target_kind === 'push' ? ['webhook_url'] : ['agent_id', 'connection', 'target']
  if (draft.target_kind === 'file') needed.push('file_format')
  const fields = needed
    .filter((name) => !draft[name as keyof SubscriptionDraft])
    .map((field) => ({ field, rule: 'required', message: '必填' }))
  if (fields.length > 0) throw new Fault('invalid', '目标没有写全', { fields })
}

interface Files {
  readonly relation: string
  readonly bindings: readonly { readonly item: string; readonly column: string }[]
  readonly items: readonly Pick<GrantedItem, 'name_en' | 'mask_rule'>[]
}

/** Files as they are need a feed of such, and a grant that says of each where it stands and what it holds. */
export const assertFiles = (draft: SubscriptionDraft, { relation, bindings, items }: Files): void => {
  if (draft.file_format !== 'files') return
  const refuse = (message: string): never => {
    throw new Fault('invalid', '不能原样送达文件', { fields: [{ field: 'file_format', rule: 'files', message }] })
  }
  if (!isFilesRelation(relation)) refuse('提供方挂接的是表，不是原样文件')
  const granted = new Map(items.map(({ name_en, mask_rule }) => [name_en, mask_rule]))
  const isGiven = (name: string): boolean =>
    bindings.some(({ item, column }) => column === name && granted.get(item) === 'none')
  if (!isGiven('path') || !isGiven('content')) refuse('授权须给出不脱敏的路径与内容')
}

/** Whether the target can be read back row by row, and so be reconciled. */
export const isComparable = (one: { readonly target_kind: string; readonly file_format: string | null }): boolean =>
  one.target_kind === 'table' || one.file_format === 'files'
