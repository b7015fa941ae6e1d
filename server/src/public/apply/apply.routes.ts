import { codes } from '@sanjiang/contract'
import { DRAFT_DAYS, type FormStep, promiseAt, readForm } from '@sanjiang/contract/opendata'
import type { ApplyDataset, Claim } from '@sanjiang/contract/site.apply'
import type { FormFault } from '@sanjiang/contract/site.intake'
import type { FastifyRequest } from 'fastify'
import { attempt } from '../attempts.ts'
import { readTable } from '../dataset/preview.store.ts'
import { findOpen } from '../dataset/top.store.ts'
import { MISSING } from '../fault.view.ts'
import { lineOf } from '../form.ts'
import { addressHash, claimIn, codeHash, drawnClaim, openForm, type Taken, takeForm } from '../intake.send.ts'
import { stateOf, submit } from '../intake.store.ts'
import { type Page, type Site, type SiteRoutes, slugOf } from '../site.ts'
import { faultsOf, mergeStep, shownValues, splitForm, stepAfter, stepBefore, stepIn } from './apply.form.ts'
import { type ConditionalRow, draftOf, dropDraft, findConditional, saveDraft } from './apply.store.ts'
import { openDraft, sealDraft } from './draft.ts'

const SAMPLE_ROWS = 5

const datasetOf = (row: ConditionalRow): ApplyDataset => {
  const rule = codes.ruleAt('open_decide', row.today)
  const days = row.days ?? rule.days
  const { slug, title, organ_name, open_condition, source, today, kept_months } = row
  const { on: due_on } = codes.addWorkingDays(codes.CALENDAR, today, days)
  return { slug, title, organ_name, open_condition, days, source: source ?? rule.clause, due_on, kept_months }
}

const purposeOf = ({ slug }: Pick<ConditionalRow, 'slug'>): string => `apply:${slug}`

const sampleOf = async ({ pool }: Site, { shows_sample, table_name, columns, row_count }: ConditionalRow) =>
  shows_sample && table_name && columns
    ? readTable(
        { pool, table: table_name, columns, row_count: row_count ?? 0 },
        { sort: '', isDescending: false, from: 0, limit: SAMPLE_ROWS },
      )
    : null

const introPage = async (site: Site, row: ConditionalRow, faults: readonly FormFault[] = []): Promise<Page> => ({
  status: faults.length > 0 ? 422 : 200,
  isFresh: true,
  view: {
    page: 'apply',
    dataset: datasetOf(row),
    sample: await sampleOf(site, row),
    form: { token: await openForm(site, purposeOf(row)), values: {}, faults },
  },
})

/** One step, as it stands: what was typed, what is wrong, which number it goes under. */
interface Sheet {
  readonly step: FormStep
  readonly raw: Readonly<Record<string, unknown>>
  readonly claim: Claim | null
  readonly faults?: readonly FormFault[]
}

const stepPage = async (site: Site, row: ConditionalRow, { step, raw, claim, faults = [] }: Sheet): Promise<Page> => ({
  status: faults.length > 0 ? 422 : 200,
  isFresh: true,
  view: {
    page: 'apply_form',
    dataset: datasetOf(row),
    step,
    claim,
    promise: promiseAt(row.today),
    form: { token: await openForm(site, purposeOf(row)), values: shownValues(raw), faults },
  },
})

const WRONG: FormFault = { field: 'code', message: '编号和查询码对不上，或草稿已过三十天' }
const BUSY: Readonly<Record<string, string>> = {
  limited: '这个网络地址保存得太多，请稍后再试。填写的内容还在',
  full: '草稿太多，暂时不能保存，请稍后再试。填写的内容还在',
  unknown: '编号和查询码对不上，没有保存',
}

/** What was kept under number and code; an application that was handed in already is told apart. Wrong codes are counted. */
const keptOf = (site: Site, request: FastifyRequest, { number, code }: Claim) =>
  attempt(site, request, async () => {
    if (!number) return undefined
    const draft = await draftOf(site.pool, number, codeHash(number, code))
    if (draft) return { slug: draft.dataset_slug, raw: openDraft(number, code, draft.body) }
    return (await isSent(site, { number, code })) ? 'sent' : undefined
  })

const isSent = async ({ pool }: Site, { number, code }: Claim): Promise<boolean> =>
  (await stateOf(pool, number, codeHash(number, code)))?.kind === 'application'

const sentPage = (row: ConditionalRow, claim: Claim): Page => {
  const { title, slug, days } = datasetOf(row)
  const back = { href: `/datasets/${slug}`, title }
  return { status: 200, isFresh: true, view: { page: 'sent', title: '申请已提交', ...claim, days, back } }
}

interface Work {
  readonly site: Site
  readonly request: FastifyRequest
  readonly row: ConditionalRow
  readonly taken: Taken
}

const keep = async ({ site, request, row }: Work, claim: Claim, raw: object): Promise<string> =>
  saveDraft(site.pool, {
    number: claim.number,
    code_hash: codeHash(claim.number, claim.code),
    slug: row.slug,
    body: sealDraft(claim.number, claim.code, raw),
    address_hash: await addressHash(site, request),
  })

const hand = async (work: Work, claim: Claim, raw: Readonly<Record<string, unknown>>): Promise<Page> => {
  const { site, request, row } = work
  const code_hash = codeHash(claim.number, claim.code)
  const result = await submit(site.pool, {
    ...{ number: claim.number, kind: 'application', dataset_slug: row.slug, about: null, code_hash },
    ...splitForm(readForm(raw)),
    address_hash: await addressHash(site, request),
  })
  if (result === 'limited' || result === 'full')
    return stepPage(site, row, { step: 'review', raw, claim, faults: [{ field: 'form', message: BUSY[result]! }] })
  await dropDraft(site.pool, claim.number, code_hash)
  return sentPage(row, claim)
}

/** Where a button leads: on with what is right, back with whatever is there, or away with number and code. */
const goOn = async (work: Work, sheet: Sheet & { readonly claim: Claim }): Promise<Page> => {
  const { site, row, taken } = work
  const { step, raw, claim } = sheet
  const wish = lineOf(taken.fields, 'go', 10)
  if (wish === 'back') return stepPage(site, row, { ...sheet, step: stepBefore(step) })
  if (wish === 'save') {
    const until = codes.addDays(row.today, DRAFT_DAYS)
    return { status: 200, isFresh: true, view: { page: 'apply_saved', dataset: datasetOf(row), claim, until } }
  }
  const faults = faultsOf(raw, step)
  if (faults.length > 0) return stepPage(site, row, { ...sheet, faults })
  return step === 'review' ? hand(work, claim, raw) : stepPage(site, row, { ...sheet, step: stepAfter(step) })
}

const formPage = async (site: Site, request: FastifyRequest, row: ConditionalRow): Promise<Page> => {
  const taken = await takeForm(site, request, purposeOf(row))
  const step = stepIn(lineOf(taken.fields, 'step', 20))
  const claimed = claimIn(taken.fields)
  const kept = claimed.number ? await keptOf(site, request, claimed) : { slug: row.slug, raw: {} }
  // The last step sent twice by an impatient hand: it is one application, and either answer says so.
  if (kept === 'sent') return sentPage(row, claimed)
  if (kept?.slug !== row.slug) return introPage(site, row, [WRONG])
  const raw = mergeStep(kept.raw, taken.fields, step)
  const sheet = { step, raw, claim: claimed.number ? claimed : null }
  if (taken.faults.length > 0) return stepPage(site, row, { ...sheet, faults: taken.faults })
  const claim = sheet.claim ?? drawnClaim(taken, { today: row.today, words: null })
  const work = { site, request, row, taken }
  const result = await keep(work, claim, raw)
  if (result === 'unknown' && (await isSent(site, claim))) return sentPage(row, claim)
  if (result !== 'accepted')
    return stepPage(site, row, { ...sheet, faults: [{ field: 'form', message: BUSY[result]! }] })
  return goOn(work, { ...sheet, claim })
}

const resumePage = async (site: Site, request: FastifyRequest, row: ConditionalRow): Promise<Page> => {
  const taken = await takeForm(site, request, purposeOf(row))
  if (taken.faults.length > 0) return introPage(site, row, taken.faults)
  const claim = claimIn(taken.fields)
  const kept = await keptOf(site, request, claim)
  if (kept === 'sent') return sentPage(row, claim)
  return kept?.slug === row.slug
    ? stepPage(site, row, { step: 'who', raw: kept.raw, claim })
    : introPage(site, row, [WRONG])
}

/** Applying for a conditional dataset: what is asked and promised, the form in steps, a draft to come back to (P17). */
export const applyRoutes: SiteRoutes = (app, site) => {
  type Answer = (site: Site, request: FastifyRequest, row: ConditionalRow) => Promise<Page>
  const answer = async (request: FastifyRequest, work: Answer): Promise<Page> => {
    const slug = slugOf(request)
    const row = await findConditional(site.pool, slug)
    if (row) return work(site, request, row)
    const gone = await findOpen(site.pool, slug)
    return gone && 'page' in gone ? { status: 410, view: gone } : MISSING
  }
  const begin: Answer = async (_, __, row) => stepPage(site, row, { step: 'who', raw: {}, claim: null })
  app.get('/apply/:slug', async (request, reply) =>
    site.send(request, reply, await answer(request, (_, __, row) => introPage(site, row))),
  )
  app.get('/apply/:slug/form', async (request, reply) => site.send(request, reply, await answer(request, begin)))
  app.post('/apply/:slug/form', async (request, reply) => site.send(request, reply, await answer(request, formPage)))
  app.post('/apply/:slug/resume', async (request, reply) =>
    site.send(request, reply, await answer(request, resumePage)),
  )
}
