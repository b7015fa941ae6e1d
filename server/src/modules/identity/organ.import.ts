import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import type { IdentityOrgan, IdentityOrganName } from '#kernel/tables.ts'
import { insertAliases, insertNames, insertOrgans, insertSuccessions, lockTree, refreshNames } from './organ.store.ts'

/** An organ with its whole past, as reference data lists it. */
export interface ImportedOrgan {
  readonly organ_id: string
  /** The last name it bears; earlier ones are in `former_names`. */
  readonly name: string
  readonly short_name: string
  readonly former_names: readonly { readonly name: string; readonly valid_from: string; readonly valid_to: string }[]
  readonly aliases: readonly string[]
  readonly parent_id: string | null
  readonly kind: string
  readonly credit_code: string | null
  readonly seq_code: string | null
  readonly founded_on: string
  readonly dissolved_on: string | null
  readonly successors: readonly { readonly organ_id: string; readonly on: string; readonly how: string }[]
}

const pathsOf = (organs: readonly ImportedOrgan[]): Map<string, string> => {
  const byId = new Map(organs.map((organ) => [organ.organ_id, organ]))
  const paths = new Map<string, string>()
  const pathOf = (organ: ImportedOrgan, below: readonly string[] = []): string => {
    const { organ_id, parent_id } = organ
    const known = paths.get(organ_id)
    if (known) return known
    if (below.includes(organ_id)) throw new Error(`organs ${[...below, organ_id].join(' → ')} lie below each other`)
    const parent = parent_id === null ? undefined : byId.get(parent_id)
    if (parent_id !== null && !parent) throw new Error(`organ ${organ_id} lies below ${parent_id}, which is not listed`)
    const path = `${parent ? pathOf(parent, [...below, organ_id]) : '/'}${organ_id}/`
    paths.set(organ_id, path)
    return path
  }
  for (const organ of organs) pathOf(organ)
  return paths
}

const toRow = (organ: ImportedOrgan, path: string): IdentityOrgan => ({
  organ_id: organ.organ_id,
  name: organ.name,
  short_name: organ.short_name,
  parent_id: organ.parent_id,
  path,
  division_code: organ.organ_id.slice(0, 6),
  kind: organ.kind,
  credit_code: organ.credit_code,
  seq_code: organ.seq_code,
  founded_on: organ.founded_on,
  dissolved_on: organ.dissolved_on,
})

// A former name may end before the next begins; each period starts where it is said to, the last where the one before ended.
const toNames = (organ: ImportedOrgan): IdentityOrganName[] => {
  const { organ_id, short_name } = organ
  const former = [...organ.former_names].sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1))
  const last = {
    organ_id,
    name: organ.name,
    short_name,
    valid_from: former.at(-1)?.valid_to ?? organ.founded_on,
    valid_to: organ.dissolved_on,
  }
  return [...former.map((one) => ({ organ_id, short_name: one.name, ...one })), last]
}

/** Puts a whole tree of organs in, in one transaction, parents before children whatever their order in the list. */
export const importOrgans = (ctx: Ctx, organs: readonly ImportedOrgan[]): Promise<void> =>
  inTx(ctx, async (tx) => {
    await lockTree(tx)
    const paths = pathsOf(organs)
    const rows = organs.map((organ) => toRow(organ, paths.get(organ.organ_id)!))
    await insertOrgans(
      tx,
      rows.toSorted((a, b) => a.path.length - b.path.length),
    )
    await insertNames(tx, organs.flatMap(toNames))
    await insertAliases(
      tx,
      organs.flatMap(({ organ_id, aliases }) => [...new Set(aliases)].map((alias) => ({ organ_id, alias }))),
    )
    await insertSuccessions(
      tx,
      organs.flatMap(({ organ_id, successors }) =>
        successors.map(({ organ_id: successor_id, on, how }) => ({ organ_id, successor_id, on_date: on, how })),
      ),
    )
    await refreshNames(tx, ctx.today)
  })
