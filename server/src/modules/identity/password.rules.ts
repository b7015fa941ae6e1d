import type { FieldFault } from '@sanjiang/contract'

/** Password policy of graded protection level three (domain §5.6): every number here is that table's. */
export const PASSWORD_POLICY = {
  min_length: 8,
  min_classes: 3,
  remembered: 5,
  expires_after_days: 90,
  lock_after_failures: 5,
  lock_minutes: 15,
} as const

const CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9]/]
const CLAUSE = 'GB/T 22239-2019 身份鉴别'

const fault = (rule: string, message: string): FieldFault => ({ field: 'next', rule, message, clause: CLAUSE })

/** What is wrong with a new password; empty: nothing. Reuse is checked against hashes elsewhere. */
export const checkPassword = (password: string, username: string): FieldFault[] => {
  const faults: FieldFault[] = []
  const { min_length, min_classes } = PASSWORD_POLICY
  if ([...password].length < min_length) faults.push(fault('length', `口令至少 ${min_length} 位`))
  if (CLASSES.filter((one) => one.test(password)).length < min_classes)
    faults.push(fault('classes', `口令须含大写、小写、数字、符号中的至少 ${min_classes} 类`))
  if (password.toLowerCase().includes(username.toLowerCase())) faults.push(fault('username', '口令不能包含账号'))
  return faults
}

const DAY_MS = 86_400_000

export const isExpired = (setAt: string, instant: string): boolean =>
  Date.parse(instant) - Date.parse(setAt) > PASSWORD_POLICY.expires_after_days * DAY_MS

interface Failures {
  readonly failed_count: number
  readonly locked_until: string | null
}

export const isLocked = ({ locked_until }: Pick<Failures, 'locked_until'>, instant: string): boolean =>
  locked_until !== null && locked_until > instant

/** One failure more: the fifth locks for fifteen minutes and the count begins anew. */
export const afterFailure = ({ failed_count }: Pick<Failures, 'failed_count'>, instant: string): Failures => {
  const { lock_after_failures, lock_minutes } = PASSWORD_POLICY
  if (failed_count + 1 < lock_after_failures) return { failed_count: failed_count + 1, locked_until: null }
  return { failed_count: 0, locked_until: new Date(Date.parse(instant) + lock_minutes * 60_000).toISOString() }
}
