import { codes } from '@sanjiang/contract'
import type pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { endOfTerm } from './application/application.rules.ts'

const KEPT_MONTHS = 6

const keptMonths = ({ site }: Ctx): number => site.applicantMonths ?? KEPT_MONTHS

/** Who is behind a matter that ended before this day is forgotten (T16.3). */
export const keptSince = (ctx: Ctx): string => codes.addDays(endOfTerm(ctx.today, -keptMonths(ctx)), 1)

const PUT = `
insert into site.keeping (months) values ($1)
on conflict (is_only) do update set months = excluded.months where site.keeping.months <> excluded.months`

/** The public side says how long it is, before anybody tells who he is (T16.3). */
export const carryKeeping = async (ctx: Ctx, client: pg.Client): Promise<void> =>
  void (await client.query(PUT, [keptMonths(ctx)]))
