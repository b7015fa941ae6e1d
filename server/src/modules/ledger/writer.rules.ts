interface SqlError {
  readonly code?: string
  readonly message?: string
}

// 40 rolled back, 53 out of resources, 55 not available, 57 shutting down, 58 and XX system errors, 08 connection: try again.
const PASSING = /^(08|40|53|55|57|58|XX)/
const SQLSTATE = /^[0-9A-Z]{5}$/

/**
 * True when the server itself refused the statement for what it says, so that nothing was written and trying again would
 * not help. Anything else — a cut connection above all — leaves open whether the commit happened.
 */
export const isDefinite = (error: unknown): boolean => {
  const code = String((error as SqlError).code ?? '')
  return SQLSTATE.test(code) && !code.startsWith('E') && !PASSING.test(code)
}

/** The month of an entry has no partition yet. */
export const isMonthMissing = (error: unknown): boolean => {
  const { code, message = '' } = error as SqlError
  return code === '23514' && message.startsWith('no partition of relation')
}

/** Someone else's entry stands where ours belongs: this log is no longer ours alone. */
export const isTaken = (error: unknown): boolean => (error as SqlError).code === '23505'
