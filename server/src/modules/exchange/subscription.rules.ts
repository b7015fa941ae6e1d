import type { SubscriptionDraft } from '@sanjiang/contract/exchange'
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
