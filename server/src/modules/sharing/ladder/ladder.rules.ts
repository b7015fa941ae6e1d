import type { ClockRun } from '@sanjiang/contract'

/** Each rung's own time, dated rule data. */
export const LEVEL_RULES: Readonly<Record<string, ClockRun['rule_code']>> = {
  negotiation: 'negotiate',
  office: 'coordinate_office',
  group: 'coordinate_group',
}
