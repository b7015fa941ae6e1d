import type { SystemDraft } from '@sanjiang/contract/systems'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'
import { toSurvey } from './system.rules.ts'
import { insertNewSystem } from './system.store.ts'

/** Systems an organ brings along from its own lists: all or none, and those known already stay as they are. Returns how many are new. */
export const importSystems = (ctx: Ctx, drafts: readonly SystemDraft[]): Promise<number> =>
  inTx(ctx, async (tx, inner) => {
    let count = 0
    for (const draft of drafts) {
      const survey = toSurvey(draft)
      const row = { ...survey, system_id: newId(), organ_id: draft.organ_id, version: 1 }
      const dates = { registered_on: inner.today, changed_at: inner.instant }
      if (!(await insertNewSystem(tx, { ...row, ...dates }))) continue
      await record(tx, inner, {
        type: 'systems.system.registered',
        subject_kind: 'systems.system',
        subject_id: row.system_id,
        organ_id: draft.organ_id,
        after: survey,
      })
      count += 1
    }
    return count
  })
