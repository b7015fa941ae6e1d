import { codes } from '@sanjiang/contract'
import { readNumber } from '@sanjiang/contract/opendata.intake'
import type { DatasetName, SiteThread, ThreadPart } from '@sanjiang/contract/site.intake'
import type { FastifyRequest } from 'fastify'
import { MISSING } from './fault.view.ts'
import { CONTACT, type FieldRule } from './form.ts'
import { answerForm, type ButtonJob, type FormJob, pressButton, showButton, showForm } from './intake.answer.ts'
import { siteToday } from './intake.store.ts'
import { type Page, type Site, type SiteRoutes, textOf, wholeOf } from './site.ts'
import { findThread, listNamesLike, listThreads } from './thread.store.ts'
import { pairsOf, similarTo } from './wish.rules.ts'

const PER_PAGE = 20
/** As many of the newest are compared with what is asked; older ones are found by paging. */
const COMPARED = 1000

const WISH = {
  title: { title: '想要什么数据', min: 2, max: 60 },
  text: { title: '具体说明', min: 10, max: 2000, lines: true },
  purpose: { title: '用来做什么', min: 5, max: 500, lines: true },
  organ: { title: '可能在哪个部门', max: 100 },
  ...CONTACT,
} as const satisfies Record<string, FieldRule>

interface Similar {
  readonly similar: readonly SiteThread[]
  readonly open: readonly DatasetName[]
}

const similarOf = async ({ pool }: Site, q: string, today: string): Promise<Similar> => {
  if (q === '') return { similar: [], open: [] }
  const [{ rows }, open] = await Promise.all([
    listThreads(pool, { kinds: ['wish'], from: 0, limit: COMPARED, today }),
    listNamesLike(pool, pairsOf(q), 5),
  ])
  return { similar: similarTo(q, rows), open }
}

const wishesPage = async (site: Site, request: FastifyRequest): Promise<Page> => {
  const query = request.query as { q?: unknown; from?: unknown }
  const q = textOf(query.q, 100)
  const from = wholeOf(query.from, { fallback: 0, max: 10_000 })
  const today = await siteToday(site.pool)
  if (q === '') {
    const part = await listThreads(site.pool, { kinds: ['wish'], from, limit: PER_PAGE, today })
    return { status: 200, view: { page: 'wishes', q, open: [], ...part } }
  }
  const { similar, open } = await similarOf(site, q, today)
  const part: ThreadPart = { rows: similar.slice(from, from + PER_PAGE), total: similar.length, from, limit: PER_PAGE }
  return { status: 200, view: { page: 'wishes', q, open, ...part } }
}

const jobOf = async (site: Site): Promise<FormJob<keyof typeof WISH>> => {
  const today = await siteToday(site.pool)
  const { days } = codes.ruleAt('inquiry_wish', today)
  return {
    purpose: 'wish',
    rules: WISH,
    draw: async (form) => {
      const { similar, open } = await similarOf(site, form.values.title ?? '', today)
      return { status: 200, view: { page: 'wish_form', days, form, similar: similar.slice(0, 5), open } }
    },
    toSend: ({ email, phone, ...body }) => ({ kind: 'wish', body, contact: { email, phone } }),
    sent: { title: '需求已收到', days, back: { href: '/wishes', title: '未开放数据的需求' } },
  }
}

const wishOf = async ({ pool }: Site, request: FastifyRequest): Promise<SiteThread | undefined> => {
  const number = readNumber(textOf((request.params as { number: string }).number, 64))
  return findThread(pool, { number, kind: 'wish', today: await siteToday(pool) })
}

const supportOf = (thread: SiteThread): ButtonJob => ({
  purpose: `support:${thread.number}`,
  sending: { kind: 'support', about: thread.number, body: {} },
  draw: (form, result) => {
    const said = result === null ? '' : result === 'known' ? 'supported_today' : 'supported'
    return { status: 200, view: { page: 'wish', thread, said, form } }
  },
})

export const wishRoutes: SiteRoutes = (app, site) => {
  app.get('/wishes', async (request, reply) => site.send(request, reply, await wishesPage(site, request)))
  app.get('/wishes/new', async (request, reply) => {
    const q = textOf((request.query as { q?: unknown }).q, 60)
    return site.send(request, reply, await showForm(site, await jobOf(site), { title: q }))
  })
  app.post('/wishes/new', async (request, reply) =>
    site.send(request, reply, await answerForm(site, request, await jobOf(site))),
  )
  app.get('/wishes/:number', async (request, reply) => {
    const thread = await wishOf(site, request)
    return site.send(request, reply, thread ? await showButton(site, supportOf(thread)) : MISSING)
  })
  app.post('/wishes/:number/support', async (request, reply) => {
    const thread = await wishOf(site, request)
    return site.send(request, reply, thread ? await pressButton(site, request, supportOf(thread)) : MISSING)
  })
}
