import type { FormState, SentView } from '@sanjiang/contract/site.intake'
import type { FastifyRequest } from 'fastify'
import { emptyForm, type FieldRule, readFields } from './form.ts'
import { openForm, refusalOf, type Sending, sendSubmission, takeForm } from './intake.send.ts'
import type { SubmitResult } from './intake.store.ts'
import type { Page, Site } from './site.ts'

/** One form of the public side: what it asks, what is sent, what is shown before and after. */
export interface FormJob<N extends string> {
  /** Which form, of what: a token of one is none of another. */
  readonly purpose: string
  readonly rules: Readonly<Record<N, FieldRule>>
  /** The page with the form, as typed and with what is wrong. */
  draw(form: FormState): Promise<Page> | Page
  /** Faults that need more than one field, or the database. */
  check?(values: Readonly<Record<N, string>>): Promise<FormState['faults']>
  toSend(values: Readonly<Record<N, string>>): Sending
  readonly sent: Pick<SentView, 'title' | 'days' | 'back'>
}

/** A fresh form; `values` are what an address may fill in beforehand. */
export const showForm = async <N extends string>(
  site: Site,
  job: FormJob<N>,
  values: Readonly<Record<string, string>> = {},
): Promise<Page> => ({
  ...(await job.draw({ token: await openForm(site, job.purpose), values, faults: [] })),
  isFresh: true,
})

/** Reads a form that came back: everything wrong with it at once and nothing typed lost, else number and code. */
export const answerForm = async <N extends string>(
  site: Site,
  request: FastifyRequest,
  job: FormJob<N>,
): Promise<Page> => {
  const taken = await takeForm(site, request, job.purpose)
  const { values, faults: wrong } = readFields(taken.fields, job.rules)
  const faults = [...taken.faults, ...wrong]
  const more = faults.length === 0 ? ((await job.check?.(values)) ?? []) : []
  const again = async (list: FormState['faults']): Promise<Page> => ({
    ...(await job.draw({ token: await openForm(site, job.purpose), values, faults: list })),
    status: 422,
    isFresh: true,
  })
  if (faults.length + more.length > 0) return again([...faults, ...more])
  const sent = await sendSubmission(site, request, { taken, ...job.toSend(values) })
  const refused = refusalOf(sent)
  if (refused.length > 0) return again(refused)
  const { number, code } = sent
  return { status: 200, isFresh: true, view: { page: 'sent', ...job.sent, number, code } }
}

/** A form with a button and nothing to fill in. */
export interface ButtonJob {
  readonly purpose: string
  readonly sending: Sending
  /** The page it stands on; `result` once it was pressed and taken. */
  draw(form: FormState, result: SubmitResult | null): Promise<Page> | Page
}

export const showButton = async (site: Site, { purpose, draw }: ButtonJob): Promise<Page> => ({
  ...(await draw(emptyForm(await openForm(site, purpose)), null)),
  isFresh: true,
})

export const pressButton = async (site: Site, request: FastifyRequest, job: ButtonJob): Promise<Page> => {
  const taken = await takeForm(site, request, job.purpose)
  const sent = taken.faults.length === 0 ? await sendSubmission(site, request, { taken, ...job.sending }) : undefined
  const faults = sent ? refusalOf(sent) : taken.faults
  const form = { ...emptyForm(await openForm(site, job.purpose)), faults }
  const page = await job.draw(form, sent && faults.length === 0 ? sent.result : null)
  return { ...page, status: faults.length > 0 ? 422 : 200, isFresh: true }
}
