import { codes } from '@sanjiang/contract'
import type { QuestionFormView } from '@sanjiang/contract/site.intake'
import type { FastifyRequest } from 'fastify'
import { findOpen } from './dataset/top.store.ts'
import { MISSING } from './fault.view.ts'
import { CONTACT, type FieldRule } from './form.ts'
import { answerForm, type FormJob, showForm } from './intake.answer.ts'
import { siteToday } from './intake.store.ts'
import { type Page, type Site, type SiteRoutes, slugOf, textOf, wholeOf } from './site.ts'
import { countQuestions, findDatasetName, listThreads } from './thread.store.ts'

const PER_PAGE = 20
const MAX_FROM = 10_000

const QUESTION = {
  title: { title: '标题', min: 2, max: 60 },
  text: { title: '您的问题', min: 5, max: 2000, lines: true },
  ...CONTACT,
} as const satisfies Record<string, FieldRule>

const CORRECTION = {
  title: { title: '标题', min: 2, max: 60 },
  field: { title: '哪个字段', min: 1, max: 100 },
  row: { title: '哪一行', min: 1, max: 300 },
  actual: { title: '现在写的是什么', min: 1, max: 500 },
  expected: { title: '应当是什么', max: 500 },
  text: { title: '依据和说明', min: 5, max: 2000, lines: true },
  ...CONTACT,
} as const satisfies Record<string, FieldRule>

type Asked = keyof typeof CORRECTION
type Kind = QuestionFormView['kind']
const RULES: Readonly<Record<Kind, Readonly<Partial<Record<Asked, FieldRule>>>>> = {
  question: QUESTION,
  correction: CORRECTION,
}

const kindOf = (value: unknown): Kind => (value === 'correction' ? 'correction' : 'question')

const questionsPage = async ({ pool }: Site, request: FastifyRequest): Promise<Page> => {
  const slug = slugOf(request)
  const [dataset, today] = await Promise.all([findOpen(pool, slug), siteToday(pool)])
  if (!dataset) return MISSING
  if ('page' in dataset) return { status: 410, view: dataset }
  const from = wholeOf((request.query as { from?: unknown }).from, { fallback: 0, max: MAX_FROM })
  const [part, counts] = await Promise.all([
    listThreads(pool, { kinds: ['question', 'correction'], slug, from, limit: PER_PAGE, today }),
    countQuestions(pool, slug),
  ])
  return { status: 200, view: { page: 'questions', top: dataset.top, counts, ...part } }
}

/** Without a dataset there is nothing to ask about. */
const jobOf = async ({ pool }: Site, slug: string, kind: Kind): Promise<FormJob<Asked> | undefined> => {
  const [found, today] = await Promise.all([findDatasetName(pool, slug), siteToday(pool)])
  if (!found) return undefined
  const { fields, ...dataset } = found
  const { days } = codes.ruleAt(`inquiry_${kind}`, today)
  return {
    purpose: `${kind}:${slug}`,
    rules: RULES[kind] as FormJob<Asked>['rules'],
    draw: (form) => ({ status: 200, view: { page: 'question_form', kind, dataset, fields, days, form } }),
    toSend: ({ email, phone, ...body }) => ({ kind, dataset_slug: slug, body, contact: { email, phone } }),
    sent: {
      title: kind === 'question' ? '问题已收到' : '纠错已收到',
      days,
      back: { href: `/datasets/${slug}/questions`, title: `“${dataset.title}”的提问与纠错` },
    },
  }
}

export const questionRoutes: SiteRoutes = (app, site) => {
  app.get('/datasets/:slug/questions', async (request, reply) =>
    site.send(request, reply, await questionsPage(site, request)),
  )
  app.get('/datasets/:slug/questions/new', async (request, reply) => {
    const { kind, field } = request.query as { kind?: unknown; field?: unknown }
    const job = await jobOf(site, slugOf(request), kindOf(kind))
    return site.send(request, reply, job ? await showForm(site, job, { field: textOf(field, 100) }) : MISSING)
  })
  for (const kind of ['question', 'correction'] as const)
    app.post(`/datasets/:slug/${kind}s`, async (request, reply) => {
      const job = await jobOf(site, slugOf(request), kind)
      return site.send(request, reply, job ? await answerForm(site, request, job) : MISSING)
    })
}
