import { type Expression, type SqlBool, sql } from 'kysely'
import { type Actor, scopeOf } from '#kernel/ctx.ts'
import { within } from '#kernel/scope.ts'
import { ADDRESSED } from './delivery.rules.ts'

/**
 * Rows addressed to the actor: he holds the row's permission and it reaches the row's organ. The required scope of
 * every read in this module; `r` is the row and `o` its organ.
 */
export const addressedTo = (actor: Actor): Expression<SqlBool> => {
  const held = ADDRESSED.filter((permission) => actor.scopes.has(permission))
  if (held.length === 0) return sql<SqlBool>`false`
  const each = held.map(
    (permission) => sql`(r.permission = ${permission} and ${within(scopeOf(actor, permission), sql.ref('o.path'))})`,
  )
  return sql<SqlBool>`(${sql.join(each, sql` or `)})`
}
