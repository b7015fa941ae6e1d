import type { Ctx } from '#kernel/ctx.ts'
import { scopesOf } from '#modules/identity/index.ts'

/** A ctx in which one of the demo's people does something on a day: with his own name, organ and roles, no more. */
export const asOfficer = async (ctx: Ctx, username: string, today = ctx.today): Promise<Ctx> => {
  const person = await ctx.db
    .selectFrom('identity.person as p')
    .innerJoin('identity.organ as o', 'o.organ_id', 'p.organ_id')
    .select(['p.person_id', 'p.name', 'o.organ_id', 'o.name as organ_name', 'o.path'])
    .where('p.username', '=', username)
    .executeTakeFirstOrThrow()
  const roles = await ctx.db
    .selectFrom('identity.person_role as r')
    .innerJoin('identity.organ as o', 'o.organ_id', 'r.organ_id')
    .select(['r.role', 'o.path'])
    .where('r.person_id', '=', person.person_id)
    .execute()
  const { person_id, name, organ_id, organ_name, path } = person
  const actor = { kind: 'person', person_id, name, organ: { organ_id, name: organ_name, path } } as const
  return { ...ctx, today, actor: { ...actor, roles: [], scopes: scopesOf(roles), session_id: null } }
}
