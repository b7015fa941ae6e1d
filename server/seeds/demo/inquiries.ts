import { createHash } from 'node:crypto'
import { lettersOf } from '@sanjiang/contract/opendata.intake'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import {
  answerInquiry,
  assignInquiry,
  importSubmission,
  moderateInquiry,
  refuseInquiry,
} from '#modules/opendata/index.ts'
import { DEMO_INQUIRIES, type DemoInquiry } from './inquiry-list.ts'
import { asOfficer } from './officer.ts'
import { departmentOf, organOf } from './people.ts'

const OFFICE = 'dzzw.mulu'
/** The demo's codes are published like its passwords: with a number from a page, /status shows how its sender sees it. */
const DEMO_CODE = '2017A2017A'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const numberOf = (on: string, seed: string): string => `GK${on.replaceAll('-', '')}-${lettersOf(digest(seed), 8)}`

interface Opened {
  readonly slug: string
  readonly title: string
  readonly organ_id: string
}

/** Those whose provider has people here to answer. */
const openedDatasets = async (ctx: Ctx): Promise<readonly Opened[]> => {
  const rows = await ctx.db
    .selectFrom('opendata.release')
    .select([sql<string>`content->>'slug'`.as('slug'), sql<string>`content->>'title'`.as('title'), 'organ_id'])
    .where('state', '=', 'released')
    .orderBy('release_id')
    .execute()
  return rows.filter(({ organ_id }) => departmentOf(organ_id) !== undefined)
}

/** Its datasets; where they are not loaded, any other will do. */
const datasetsOf = (titles: readonly string[], opened: readonly Opened[]): readonly Opened[] =>
  titles.map((title, at) => opened.find((one) => one.title === title) ?? opened[at % opened.length]!)

const bodyOf = ({ kind, title, text, more }: DemoInquiry, about: readonly Opened[]) => ({
  title,
  text,
  ...more,
  ...(kind === 'showcase' ? { datasets: about.map(({ slug }) => slug) } : {}),
})

const submitted = (on: string) => ({
  contact: null,
  submitted_at: `${on}T02:30:00.000Z`,
  received_on: on,
})

const receive = async (ctx: Ctx, one: DemoInquiry, { opened, index }: Place): Promise<string> => {
  const number = numberOf(one.on, `inquiry ${index}`)
  const about = datasetsOf(one.datasets ?? [], opened)
  await importSubmission(
    { ...ctx, today: one.on },
    {
      ...submitted(one.on),
      number,
      kind: one.kind,
      dataset_slug: one.kind === 'showcase' ? null : (about[0]?.slug ?? null),
      about: null,
      body: bodyOf(one, about),
      code_hash: digest(`${number}:${DEMO_CODE}`).toString('hex'),
    },
  )
  return number
}

interface Place {
  readonly opened: readonly Opened[]
  readonly index: number
}

const standing = (ctx: Ctx, number: string) =>
  ctx.db
    .selectFrom('opendata.inquiry')
    .select(['inquiry_id', 'organ_id', 'state', 'visibility'])
    .where('number', '=', number)
    .executeTakeFirstOrThrow()

/** Who deals with it: its department where that has accounts, else the office. */
const handlerOf = (organ_id: string | null): string => {
  const word = organ_id === null ? undefined : departmentOf(organ_id)
  return word ? `${word}.tigong` : OFFICE
}

const treat = async (ctx: Ctx, one: DemoInquiry, { number, opened }: { number: string; opened: readonly Opened[] }) => {
  const { inquiry_id: id, ...before } = await standing(ctx, number)
  const { assigned, read_on, answer, refused, isPrivate, title, text } = one
  if (before.state !== 'waiting') return
  if (assigned && before.organ_id === null)
    await assignInquiry(await asOfficer(ctx, OFFICE, assigned[1]), id, { organ_id: organOf(assigned[0]) })
  const handler = handlerOf((await standing(ctx, number)).organ_id)
  if (read_on && before.visibility === 'pending')
    await moderateInquiry(await asOfficer(ctx, handler, read_on), id, {
      visibility: isPrivate ? 'private' : 'public',
      title,
      text,
    })
  if (answer)
    await answerInquiry(await asOfficer(ctx, handler, answer.on), id, {
      ...answer,
      opened_slug: answer.opened === undefined ? null : datasetsOf([answer.opened], opened)[0]!.slug,
    })
  if (refused) await refuseInquiry(await asOfficer(ctx, OFFICE, refused.on), id, refused)
}

const support = async (ctx: Ctx, one: DemoInquiry, about: string): Promise<void> => {
  for (let count = 0; count < (one.supports ?? 0); count++)
    await importSubmission(ctx, {
      ...submitted(one.on),
      number: numberOf(one.on, `support ${about} ${count}`),
      kind: 'support',
      dataset_slug: null,
      about,
      body: {},
      code_hash: digest(`support ${about}`).toString('hex'),
    })
}

/** Questions, corrections, wishes and applications of autumn 2017: answered in time, late, overdue, refused; run again it adds what is missing. */
export const loadInquiries = async (ctx: Ctx, tell: (done: number, total: number) => void): Promise<void> => {
  const opened = await openedDatasets(ctx)
  if (opened.length === 0) return
  for (const [index, one] of DEMO_INQUIRIES.entries()) {
    const number = await receive(ctx, one, { opened, index })
    await support(ctx, one, number)
    await treat(ctx, one, { number, opened })
    tell(index + 1, DEMO_INQUIRIES.length)
  }
}
