import type { Ctx } from '#kernel/ctx.ts'
import { listHolderRows, listOverlapRows } from './holder.store.ts'
import { reachOf } from './resource.rules.ts'

interface Asked {
  readonly items: readonly { readonly name: string; readonly name_en?: string }[]
  readonly resource_id?: string | null
}

/** Who already provides these items, so that nothing is collected twice (一数一源; 国发〔2016〕51号). */
export const listHolders = async (ctx: Ctx, { items, resource_id }: Asked) => {
  const names = [...new Set(items.map(({ name }) => name.trim()).filter((name) => name !== ''))]
  if (names.length === 0) return { holders: [], overlaps: [] }
  const asked = { names, exceptId: resource_id ?? null, reach: reachOf(ctx.actor) }
  return { holders: await listHolderRows(ctx.db, asked), overlaps: await listOverlapRows(ctx.db, asked) }
}
