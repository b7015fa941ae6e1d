import {
  type CatalogStandard,
  type Checker,
  type ClassNode,
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
  findStandardKey,
  getBody,
  listScheduled,
  listStandardRows,
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

/** A version ready for checking: its rules, and its tree by code. */
export interface Judge {
  readonly checker: Checker
  readonly standard: Standard
  readonly classes: ReadonlyMap<string, ClassNode>
}

interface Key {
  readonly standard_id: string
  readonly version: number
  readonly installed_at: string
}

// One per state of a version; saving a draft or installing again, in whatever process, gives a new key.
const judges = new Map<string, Judge>()
const KEPT = 12

const withoutTree = ({ classification: _, ...standard }: CatalogStandard): Standard => standard

const judgeOf = async (db: Db, { standard_id, version, installed_at }: Key): Promise<Judge> => {
  const name = `${standard_id}.${version}.${installed_at}`
  const known = judges.get(name)
  if (known) return known
  const body = await getBody(db, standard_id, version)
  const standard = withoutTree(body)
  const judge = {
    standard,
    checker: makeChecker(standard),
    classes: new Map(body.classification.map((node) => [node.code, node])),
  }
  if (judges.size >= KEPT) judges.delete(judges.keys().next().value!)
  judges.set(name, judge)
  return judge
}

export const getStandardVersion = async (db: Db, standardId: string, version: number): Promise<Standard> =>
  withoutTree(await getBody(db, standardId, version))

/** Adopted versions, newest first; which is in force follows from the date. */
export const listStandards = async (ctx: Ctx) => {
  const key = await findCurrentKey(ctx.db)
  const rows = await listStandardRows(ctx.db)
  return rows.map((row) => ({ ...row, is_current: row.id === key?.standard_id && row.version === key.version }))
}

/** The version in force, by the business date. Another process may have adopted one, so its key is read each time. */
export const currentJudge = async (db: Db): Promise<Judge> => {
  const key = await findCurrentKey(db)
  if (!key) throw new Fault('unavailable', '尚未装入目录标准')
  return judgeOf(db, key)
}

export const currentChecker = async (db: Db): Promise<Checker> => (await currentJudge(db)).checker

/** Any version, drafts included. */
export const getJudge = async (db: Db, standardId: string, version: number): Promise<Judge> => {
  const key = await findStandardKey(db, standardId, version)
  if (!key) throw new Fault('not_found')
  return judgeOf(db, key)
}

/** The version a working copy is judged by: the one in force, or the next one where its compiler has chosen that. */
export const chosenJudge = async (
  db: Db,
  chosen: { standard_id: string; standard_version: number } | null,
): Promise<Judge> => {
  const current = await currentJudge(db)
  if (!chosen || (chosen.standard_id === current.standard.id && chosen.standard_version === current.standard.version))
    return current
  const next = await listScheduled(db, chosen.standard_id)
  return next.includes(chosen.standard_version) ? getJudge(db, chosen.standard_id, chosen.standard_version) : current
}
