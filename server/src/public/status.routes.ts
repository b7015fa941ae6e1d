import { readClock } from '@sanjiang/contract/clock'
import { INTAKE_KINDS, readNumber } from '@sanjiang/contract/opendata.intake'
import type { FormFault, StatusView } from '@sanjiang/contract/site.intake'
import type { FastifyRequest } from 'fastify'
import { applicationView } from './apply/standing.ts'
import { attempt } from './attempts.ts'
import { emptyForm, fieldsOf, lineOf, readFields } from './form.ts'
import { codeHash, openForm, refusalOf, sendSubmission, type Taken, takeForm } from './intake.send.ts'
import { type StoredState, siteToday, stateOf } from './intake.store.ts'
import type { Page, Site, SiteRoutes } from './site.ts'

const WRONG = '编号和查询码对不上。请对照提交后那一页上的写法，大小写和短横都可以不管'

interface Claim {
  readonly number: string
  readonly code: string
}

const claimOf = (request: FastifyRequest): Claim => {
  const fields = fieldsOf(request)
  return { number: lineOf(fields, 'number', 40), code: lineOf(fields, 'code', 40) }
}

const formPage = async (site: Site, values: Record<string, string>, faults: readonly FormFault[]): Promise<Page> => ({
  status: faults.length > 0 ? 422 : 200,
  isFresh: true,
  view: { page: 'status_form', form: { token: await openForm(site, 'status'), values, faults } },
})

interface Found {
  readonly number: string
  readonly state: StoredState
}

/** For whoever has number and code; `undefined` for everybody else. */
const findClaimed = (site: Site, request: FastifyRequest, claim: Claim): Promise<Found | undefined> =>
  attempt(site, request, async () => {
    const number = readNumber(claim.number)
    const state = number ? await stateOf(site.pool, number, codeHash(number, claim.code)) : undefined
    return state && { number, state }
  })

/** How it stands. */
const standingOf = async (site: Site, { code }: Claim, { number, state: found }: Found): Promise<StatusView> => {
  const today = await siteToday(site.pool)
  return {
    page: 'status',
    number,
    code,
    kind: INTAKE_KINDS.titles[found.kind],
    submitted_on: found.standing?.received_on ?? found.submitted_on ?? today,
    standing: found.standing,
    clock: found.standing?.clock ? readClock(found.standing.clock, today) : null,
    form: emptyForm(await openForm(site, `status:${number}`)),
    said: '',
  }
}

const fresh = (view: StatusView, status = 200): Page => ({ status, isFresh: true, view })

const statusPage = async (site: Site, request: FastifyRequest): Promise<Page> => {
  const claim = claimOf(request)
  const { faults } = await takeForm(site, request, `status:${readNumber(claim.number) ?? ''}`, 'status')
  if (faults.length > 0) return formPage(site, { ...claim }, faults)
  const found = await findClaimed(site, request, claim)
  if (!found) return formPage(site, { ...claim }, [{ field: 'code', message: WRONG }])
  // An application has a page of its own, with what may be done about it.
  const applied = await applicationView(site, { number: found.number, code: claim.code }, found.state)
  return applied ? { status: 200, isFresh: true, view: applied } : fresh(await standingOf(site, claim, found))
}

const WORDS = { text: { title: '说明', min: 5, max: 2000, lines: true } } as const

/** What may be added later: more information, or, once, that the answer does not do. */
const addPage = async (site: Site, request: FastifyRequest, kind: 'supplement' | 'reopen'): Promise<Page> => {
  const claim = claimOf(request)
  const claimed = await findClaimed(site, request, claim)
  if (!claimed) return formPage(site, { ...claim }, [{ field: 'code', message: WRONG }])
  const found = await standingOf(site, claim, claimed)
  const taken: Taken = await takeForm(site, request, `status:${found.number}`)
  const { values, faults: wrong } = readFields(taken.fields, WORDS)
  const closed = found.standing?.can.includes(kind) ? [] : [{ field: 'form', message: '现在的状态不能再补充' }]
  const faults: readonly FormFault[] = [...taken.faults, ...wrong, ...closed]
  const again = (list: readonly FormFault[]): Page =>
    fresh({ ...found, form: { ...found.form, values, faults: list } }, 422)
  if (faults.length > 0) return again(faults)
  const code_hash = codeHash(found.number, claim.code)
  const sent = await sendSubmission(site, request, { taken, kind, about: found.number, body: values, code_hash })
  const refused = refusalOf(sent)
  return refused.length > 0
    ? again(refused)
    : fresh({ ...found, said: kind === 'reopen' ? 'reopened' : 'supplemented' })
}

export const statusRoutes: SiteRoutes = (app, site) => {
  app.get('/status', async (request, reply) => {
    const number = readNumber(String((request.query as { number?: unknown }).number ?? '').slice(0, 40))
    return site.send(request, reply, await formPage(site, number ? { number } : {}, []))
  })
  app.post('/status', async (request, reply) => site.send(request, reply, await statusPage(site, request)))
  app.post('/status/supplement', async (request, reply) =>
    site.send(request, reply, await addPage(site, request, 'supplement')),
  )
  app.post('/status/reopen', async (request, reply) =>
    site.send(request, reply, await addPage(site, request, 'reopen')),
  )
}
