import * as t from 'typebox'
import { IsoDate, nullable } from './values.ts'

/** A statutory clock as shown: which rule and clause, from when to when, and how it stands on the business date. */
export const Clock = t.Object({
  rule_code: t.String(),
  clause: t.String(),
  started_on: IsoDate,
  due_on: IsoDate,
  used_days: t.Integer(),
  left_days: t.Integer(),
  overdue_days: t.Integer(),
  light: t.Unsafe<'green' | 'yellow' | 'red' | 'stopped' | 'idle'>(t.String()),
  stopped_on: nullable(IsoDate),
  on_time: nullable(t.Boolean()),
  /** The working calendar of the due year has not been announced yet. */
  provisional: t.Boolean(),
})
export type Clock = t.Static<typeof Clock>
