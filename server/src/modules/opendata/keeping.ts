import { codes } from '@sanjiang/contract'
import type { Ctx } from '#kernel/ctx.ts'
import { endOfTerm } from './application/application.rules.ts'

const KEPT_MONTHS = 6

/** Who is behind a matter that ended before this day is forgotten (T16.3). */
export const keptSince = (ctx: Ctx): string =>
  codes.addDays(endOfTerm(ctx.today, -(ctx.site.applicantMonths ?? KEPT_MONTHS)), 1)
