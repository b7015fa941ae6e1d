import { nameKey } from '@sanjiang/contract/catalog'
import type { DemandDraft } from '@sanjiang/contract/sharing'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { invalid } from '#kernel/fault.ts'
import { demanderOf, fileDemandIn } from './demand.service.ts'
import { findOrgansByName, listOpenKeys } from './demand.store.ts'
import { type ListedRow, readList } from './demand-list.rules.ts'

interface Told {
  readonly text: string
  readonly wanted_on: string
  readonly purpose_ref: string
  readonly is_confirmed: boolean
}

interface Judged {
  readonly row: ListedRow
  readonly outcome: 'new' | 'repeated' | 'faulty'
  readonly draft: DemandDraft & { readonly supplier_text: string }
}

/** Tells new rows from those the organ has open already, or that stand twice in the list itself. */
const judge = async (ctx: Ctx, rows: readonly ListedRow[], organId: string): Promise<Judged[]> => {
  const known = await listOpenKeys(ctx.db, organId)
  const organs = await findOrgansByName(ctx.db, [...new Set(rows.map(({ supplier }) => supplier).filter(Boolean))])
  return rows.map((row) => {
    const key = nameKey(row.draft.name)
    const isFaulty = row.faults.length > 0
    const outcome = isFaulty ? 'faulty' : known.has(key) ? 'repeated' : 'new'
    if (!isFaulty) known.add(key)
    const found = organs.get(row.supplier)
    const supplier_organ_id = found === organId ? null : (found ?? null)
    return { row, outcome, draft: { ...row.draft, supplier_organ_id, supplier_text: row.supplier } }
  })
}

/**
 * A whole 需求清单. First shown as it would be filed; when confirmed, its new rows are filed together. Candidates are matched by the
 * worker, one demand after the other.
 */
export const readDemandList = (ctx: Ctx, { text, is_confirmed, ...defaults }: Told) =>
  inTx(ctx, async (tx, inner) => {
    const organ = demanderOf(inner)
    if (defaults.wanted_on < inner.today) throw invalid('wanted_on', 'past', '希望得到的日期不能早于今天')
    const list = readList(text, defaults)
    if ('fault' in list) throw invalid('text', 'list', list.fault)
    const judged = await judge(inner, list.rows, organ.organ_id)
    const rows = []
    for (const { row, outcome, draft } of judged) {
      const demand_id = is_confirmed && outcome === 'new' ? await fileDemandIn(tx, inner, draft) : null
      const { line, supplier, faults } = row
      rows.push({ line, outcome, name: row.draft.name, supplier, faults: [...faults], demand_id })
    }
    const count = (outcome: Judged['outcome']) => judged.filter((one) => one.outcome === outcome).length
    return { rows, new: count('new'), repeated: count('repeated'), faulty: count('faulty') }
  })
