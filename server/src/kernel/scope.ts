import { type Expression, type SqlBool, sql } from 'kysely'
import type { Scope } from './ctx.ts'

/**
 * Gate 2 as SQL: true where the organ path in `column` lies within the scope. Out of reach reads as absent (404), so
 * nobody learns that a row exists. Paths are `/…/…/`, hence a plain prefix test that a `text_pattern_ops` index serves.
 */
export const within = (scope: Scope, column: Expression<string>): Expression<SqlBool> => {
  if (scope === 'all') return sql<SqlBool>`true`
  if (scope.length === 0) return sql<SqlBool>`false`
  return sql<SqlBool>`(${sql.join(
    scope.map((prefix) => sql`starts_with(${column}, ${prefix})`),
    sql` or `,
  )})`
}
