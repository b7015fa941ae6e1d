import { codes } from '@sanjiang/contract'
import { readNumber } from '@sanjiang/contract/opendata.intake'
import { readShowcase } from '@sanjiang/contract/opendata.showcase'
import type { FormFault, ReuseReport, SiteThread } from '@sanjiang/contract/site.intake'
import type { FastifyRequest } from 'fastify'
import { MISSING } from './fault.view.ts'
import { CONTACT, type FieldRule } from './form.ts'
import { answerForm, type ButtonJob, type FormJob, pressButton, showButton, showForm } from './intake.answer.ts'
import { siteToday } from './intake.store.ts'
import { type Page, type Site, type SiteRoutes, textOf, wholeOf } from './site.ts'
import { findThread, listThreads, namesOf } from './thread.store.ts'

const PER_PAGE = 20
/** The reuse report counts over as many. */
const COUNTED = 1000

const isWebAddress = (value: string): boolean => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.hostname.includes('.')
}

const SHOWCASE = {
  title: { title: '应用名称', min: 2, max: 60 },
  url: {
    title: '网址',
    min: 1,
    max: 500,
    check: (value) => (isWebAddress(value) ? undefined : '网址要以 http:// 或 https:// 开头，不含账号'),
  },
  kind: {
    title: '种类',
    min: 1,
    max: 20,
    check: (value) => (/^(web|app|analysis|research|other)$/.test(value) ? undefined : '请从列表中选一种'),
  },
  developer: { title: '开发者', min: 2, max: 60 },
  text: { title: '它做什么', min: 10, max: 1000, lines: true },
  datasets: { title: '用到的数据集', min: 1, max: 2000, lines: true },
  ...CONTACT,
} as const satisfies Record<string, FieldRule>

/** One dataset a line: its address or the last part of it. */
const slugsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\s,，、]+/)
      .map((word) => word.replace(/^.*\/datasets\//, '').replace(/[/?#].*$/, ''))
      .filter(Boolean),
  ),
]

const MAX_DATASETS = 20

const checkDatasets = async ({ pool }: Site, text: string): Promise<FormFault[]> => {
  const slugs = slugsIn(text)
  if (slugs.length > MAX_DATASETS) return [{ field: 'datasets', message: `数据集最多写 ${MAX_DATASETS} 个` }]
  const names = await namesOf(
    pool,
    slugs.map((slug) => slug.slice(0, 64)),
  )
  const missing = slugs.filter((slug) => !Object.hasOwn(names, slug))
  return missing.length > 0
    ? [{ field: 'datasets', message: `没有找到这些数据集：${missing.join('、').slice(0, 200)}` }]
    : []
}

const reportOf = (apps: readonly SiteThread[], names: Readonly<Record<string, string>>): ReuseReport => {
  const shown = apps.map(({ detail }) => readShowcase(detail))
  const counts = (words: readonly string[]) =>
    [...words.reduce((map, word) => map.set(word, (map.get(word) ?? 0) + 1), new Map<string, number>())].sort(
      ([, one], [, other]) => other - one,
    )
  const used = counts(shown.flatMap(({ datasets }) => datasets))
  const states = counts(shown.map(({ link_state }) => link_state))
  return {
    apps: apps.length,
    datasets: used.length,
    working: new Map(states).get('working') ?? 0,
    broken: new Map(states).get('broken') ?? 0,
    checked_on: shown.map(({ checked_on }) => checked_on ?? '').reduce((a, b) => (a > b ? a : b), '') || null,
    most_used: used
      .filter(([slug]) => Object.hasOwn(names, slug))
      .slice(0, 5)
      .map(([slug, apps]) => ({ slug, title: names[slug]!, apps })),
    kinds: counts(shown.map(({ kind }) => kind)).map(([kind, apps]) => ({ kind, apps })),
  }
}

const slugsOf = (threads: readonly SiteThread[]): string[] => [
  ...new Set(threads.flatMap(({ detail }) => readShowcase(detail).datasets)),
]

const showcasePage = async ({ pool }: Site, request: FastifyRequest): Promise<Page> => {
  const from = wholeOf((request.query as { from?: unknown }).from, { fallback: 0, max: COUNTED })
  const all = await listThreads(pool, { kinds: ['showcase'], from: 0, limit: COUNTED, today: await siteToday(pool) })
  const titles = await namesOf(pool, slugsOf(all.rows))
  const rows = all.rows.slice(from, from + PER_PAGE)
  const part = { rows, total: all.total, from, limit: PER_PAGE }
  return { status: 200, view: { page: 'showcase', titles, report: reportOf(all.rows, titles), ...part } }
}

const jobOf = async (site: Site): Promise<FormJob<keyof typeof SHOWCASE>> => {
  const { days } = codes.ruleAt('inquiry_showcase', await siteToday(site.pool))
  return {
    purpose: 'showcase',
    rules: SHOWCASE,
    draw: (form) => ({ status: 200, view: { page: 'showcase_form', days, form } }),
    check: ({ datasets }) => checkDatasets(site, datasets),
    toSend: ({ email, phone, datasets, ...body }) => ({
      kind: 'showcase',
      body: { ...body, datasets: slugsIn(datasets) },
      contact: { email, phone },
    }),
    sent: { title: '应用登记已收到', days, back: { href: '/showcase', title: '应用展示' } },
  }
}

const appOf = async ({ pool }: Site, request: FastifyRequest): Promise<SiteThread | undefined> => {
  const number = readNumber(textOf((request.params as { number: string }).number, 64))
  return findThread(pool, { number, kind: 'showcase', today: await siteToday(pool) })
}

const brokenOf = ({ pool }: Site, thread: SiteThread): ButtonJob => ({
  purpose: `broken:${thread.number}`,
  sending: { kind: 'broken_link', about: thread.number, body: {} },
  draw: async (form, result) => {
    const titles = await namesOf(pool, slugsOf([thread]))
    return { status: 200, view: { page: 'showcase_app', thread, said: result ? 'reported' : '', titles, form } }
  },
})

export const showcaseRoutes: SiteRoutes = (app, site) => {
  app.get('/showcase', async (request, reply) => site.send(request, reply, await showcasePage(site, request)))
  app.get('/showcase/new', async (request, reply) => {
    const dataset = textOf((request.query as { dataset?: unknown }).dataset, 64)
    return site.send(request, reply, await showForm(site, await jobOf(site), { datasets: dataset }))
  })
  app.post('/showcase/new', async (request, reply) =>
    site.send(request, reply, await answerForm(site, request, await jobOf(site))),
  )
  app.get('/showcase/:number', async (request, reply) => {
    const thread = await appOf(site, request)
    return site.send(request, reply, thread ? await showButton(site, brokenOf(site, thread)) : MISSING)
  })
  app.post('/showcase/:number/broken', async (request, reply) => {
    const thread = await appOf(site, request)
    return site.send(request, reply, thread ? await pressButton(site, request, brokenOf(site, thread)) : MISSING)
  })
}
