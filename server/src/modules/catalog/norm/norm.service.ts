import { type Norm, type NormDetail, type NormLink, normTargets } from '@sanjiang/contract/catalog'
import { type Ctx, hasPermission } from '#kernel/ctx.ts'
import { type Db, inTx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { formatCursor, parseCursor } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { reachOf } from '../resource.rules.ts'
import { currentChecker } from '../standard.service.ts'
import {
  countReliance,
  findNorm,
  listBasisTitles,
  listClauseRows,
  listNormRows,
  listRelianceRows,
  listReplacing,
  listShort,
  lockNorm,
  type NormDraft,
  type NormQuery,
  type NormRow,
  writeNorm,
} from './norm.store.ts'

const stateOf = ({ effective_on, abolished_on }: NormRow, today: string): Norm['state'] => {
  if (abolished_on !== null && abolished_on <= today) return 'abolished'
  return effective_on !== null && effective_on > today ? 'coming' : 'in_force'
}

const toNorm = (row: NormRow, today: string): Norm => {
  const { replaces: _, updated_at: __, updated_by_name: ___, ...norm } = row
  return { ...norm, state: stateOf(row, today) }
}

interface ListQuery extends NormQuery {
  readonly state?: Norm['state']
}

export const listNorms = async (ctx: Ctx, { state, ...query }: ListQuery) => {
  const rows = await listNormRows(ctx.db, query)
  return rows
    .map(({ clauses, ...row }) => ({ norm: toNorm(row, ctx.today), clauses }))
    .filter(({ norm }) => state === undefined || norm.state === state)
}

/** What clauses may be linked to; legal bases come from the list that the pickers offer. */
const targetsOf = async (db: Db): Promise<Map<string, NormLink>> => {
  const { standard } = await currentChecker(db)
  const bases = await listBasisTitles(db)
  return new Map(
    [
      ...normTargets(standard),
      ...Array.from(
        bases,
        ([target, title]): NormLink => ({
          kind: 'legal_basis',
          target,
          title,
          detail: '编目时可选的不予共享依据',
        }),
      ),
    ].map((link) => [`${link.kind} ${link.target}`, link]),
  )
}

const showNorm = async (ctx: Ctx, db: Db, id: string): Promise<NormDetail> => {
  const row = await findNorm(db, id)
  if (!row) throw new Fault('not_found')
  const targets = await targetsOf(db)
  const clauses = await listClauseRows(db, id)
  return {
    norm: toNorm(row, ctx.today),
    clauses: clauses.map(({ links, ...clause }) => ({
      ...clause,
      // A rule that the standard in force no longer has is named all the same.
      links: links.map(
        ({ kind, target }) =>
          targets.get(`${kind} ${target}`) ?? ({ kind, target, title: target, detail: '现行标准没有' } as NormLink),
      ),
    })),
    replaces: (await listShort(db, row.replaces ? [row.replaces] : []))[0] ?? null,
    replaced_by: await listReplacing(db, id),
    reliance_count: await countReliance(db, row.title, reachOf(ctx.actor)),
    updated_at: row.updated_at,
    updated_by_name: row.updated_by_name,
    can: hasPermission(ctx.actor, 'catalog.norm.edit') ? ['save'] : [],
  }
}

export const getNorm = (ctx: Ctx, id: string): Promise<NormDetail> => showNorm(ctx, ctx.db, id)

type Saved = Omit<NormDraft, 'norm_id' | 'updated_at' | 'updated_by_name'>

const assertTargets = async (db: Db, { clauses }: Saved): Promise<void> => {
  const targets = await targetsOf(db)
  const fields = clauses.flatMap(({ links }, at) =>
    links.flatMap(({ kind, target }, index) =>
      targets.has(`${kind} ${target}`)
        ? []
        : [
            {
              field: `clauses.${at}.links.${index}.target`,
              rule: 'target',
              message: `软件没有“${target}”这一规则或参数`,
            },
          ],
    ),
  )
  if (fields.length > 0) throw new Fault('invalid', `有 ${fields.length} 处对应不到软件的规则`, { fields })
}

/** Registers or changes a document as a whole. One that is abolished stays, with what relied on it listed for another look. */
export const saveNorm = (ctx: Ctx, norm_id: string, saved: Saved): Promise<NormDetail> =>
  inTx(ctx, async (tx, inner) => {
    const before = await lockNorm(tx, norm_id)
    if ((before?.revision ?? 0) !== saved.revision) throw new Fault('stale')
    await assertTargets(tx, saved)
    const { instant, actor } = inner
    await writeNorm(tx, {
      ...saved,
      norm_id,
      revision: saved.revision + 1,
      updated_at: instant,
      updated_by_name: actor.name,
    })
    const isAbolished = saved.abolished_on !== null && before?.abolished_on == null
    await record(tx, inner, {
      type: isAbolished ? 'catalog.norm.abolished' : 'catalog.norm.saved',
      subject_kind: 'catalog.norm',
      subject_id: norm_id,
      before: before ?? null,
      after: { title: saved.title, document_no: saved.document_no, abolished_on: saved.abolished_on },
    })
    return showNorm(inner, tx, norm_id)
  })

interface RelianceQuery {
  readonly clause?: string
  readonly organ_id?: string
  readonly after?: string
  readonly limit?: number
}

export const listReliance = async (ctx: Ctx, id: string, query: RelianceQuery) => {
  const norm = await findNorm(ctx.db, id)
  if (!norm) throw new Fault('not_found')
  const { clause, organ_id, after, limit = 20 } = query
  const rows = await listRelianceRows(ctx.db, id, {
    title: norm.title,
    reach: reachOf(ctx.actor),
    today: ctx.today,
    clause,
    organId: organ_id,
    after: after === undefined ? undefined : String(parseCursor(after, 1)[0]),
    limit,
  })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, next: rows.length > limit && last ? formatCursor([`${last.code} ${last.clause}`]) : null }
}

/** Seeds: documents that are not there yet. Repeating it changes nothing. */
export const installNorms = (
  ctx: Ctx,
  norms: readonly (Omit<Saved, 'revision'> & { norm_id: string })[],
): Promise<void> =>
  inTx(ctx, async (tx, inner) => {
    for (const norm of norms) {
      if (await lockNorm(tx, norm.norm_id)) continue
      await writeNorm(tx, { ...norm, revision: 1, updated_at: inner.instant, updated_by_name: inner.actor.name })
    }
    await record(tx, inner, {
      type: 'catalog.norm.installed',
      subject_kind: 'catalog.norm',
      subject_id: 'all',
      after: { norms: norms.length },
    })
  })
