import {
  type CatalogStandard,
  type Checker,
  type LegalBasis,
  makeChecker,
  type Standard,
} from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import {
  findCurrentKey,
  findStandard,
  replaceClasses,
  replaceElementCodes,
  upsertBases,
  upsertStandard,
} from './standard.store.ts'

/** Seeds and the standards page both come through here: the standard becomes the current one, its tree the tree. */
export const installStandard = (ctx: Ctx, standard: CatalogStandard, bases: readonly LegalBasis[]): Promise<void> =>
  inTx(ctx, async (tx, inner) => {
    await upsertStandard(tx, standard, inner.instant)
    await replaceClasses(tx, standard)
    await replaceElementCodes(tx, standard)
    await upsertBases(tx, bases)
    await record(tx, inner, {
      type: 'catalog.standard.installed',
      subject_kind: 'catalog.standard',
      subject_id: `${standard.id}.${standard.version}`,
      after: { title: standard.title, classes: standard.classification.length, bases: bases.length },
    })
  })

// One per installed standard; installing again, in whatever process, gives a new key.
const checkers = new Map<string, Checker>()

const withoutTree = ({ classification: _, ...standard }: CatalogStandard): Standard => standard

export const getStandardVersion = async (db: Db, standardId: string, version: number): Promise<Standard> => {
  const row = await findStandard(db, standardId, version)
  if (!row) throw new Fault('not_found')
  return withoutTree(row.body as CatalogStandard)
}

/** The checker of the standard now in force. Another process may have installed one, so its key is read each time. */
export const currentChecker = async (db: Db): Promise<Checker> => {
  const key = await findCurrentKey(db)
  if (!key) throw new Fault('unavailable', '尚未装入目录标准')
  const name = `${key.standard_id}.${key.version}.${key.installed_at}`
  const known = checkers.get(name)
  if (known) return known
  const checker = makeChecker(await getStandardVersion(db, key.standard_id, key.version))
  checkers.set(name, checker)
  return checker
}
