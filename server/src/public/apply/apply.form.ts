import {
  type ApplicationForm,
  CONTACT_FIELDS,
  FORM_LIMITS,
  FORM_STEPS,
  type FormStep,
  formFaults,
  readForm,
  stepFaults,
} from '@sanjiang/contract/opendata'
import type { FormFault } from '@sanjiang/contract/site.intake'
import { lineOf, proseOf } from '../form.ts'

const FIELDS: Readonly<Record<FormStep, readonly (keyof ApplicationForm)[]>> = {
  who: ['kind', 'name', 'credit_code', 'contact_name', 'phone', 'email', 'qualification'],
  purpose: ['purpose_code', 'purpose_text', 'term_months'],
  security: ['security', 'security_text'],
  review: ['promise_version'],
}
const PROSE: readonly string[] = ['qualification', 'purpose_text', 'security_text']

export const stepIn = (text: string): FormStep => FORM_STEPS.find(({ name }) => name === text)?.name ?? 'who'

const indexOf = (step: FormStep): number => FORM_STEPS.findIndex(({ name }) => name === step)
export const stepAfter = (step: FormStep): FormStep => FORM_STEPS[indexOf(step) + 1]?.name ?? step
export const stepBefore = (step: FormStep): FormStep => FORM_STEPS[indexOf(step) - 1]?.name ?? step

const valueIn = (fields: URLSearchParams, field: keyof ApplicationForm): unknown => {
  if (field === 'security') return fields.getAll('security').slice(0, 20)
  const max = ((FORM_LIMITS as Readonly<Record<string, number>>)[field] ?? 20) + 1
  return PROSE.includes(field) ? proseOf(fields, field, max) : lineOf(fields, field, max)
}

/** What one step says, laid over what was kept of the others. */
export const mergeStep = (kept: Readonly<Record<string, unknown>>, fields: URLSearchParams, step: FormStep) => ({
  ...kept,
  ...Object.fromEntries(FIELDS[step].map((field) => [field, valueIn(fields, field)])),
})

const tooLong = (raw: Readonly<Record<string, unknown>>, step: FormStep): FormFault[] =>
  FIELDS[step].flatMap((field) => {
    const max = (FORM_LIMITS as Readonly<Record<string, number>>)[field]
    const value = raw[field]
    return max !== undefined && typeof value === 'string' && value.length > max
      ? [{ field, message: `不超过 ${max} 个字，请缩短` }]
      : []
  })

/** Everything wrong on one step at once; on the last, everything wrong at all. */
export const faultsOf = (raw: Readonly<Record<string, unknown>>, step: FormStep): FormFault[] => {
  const form = readForm(raw)
  const faults = step === 'review' ? formFaults(form) : stepFaults(form, step)
  return [...tooLong(raw, step), ...faults.map(({ field, message }) => ({ field, message }))]
}

/** As the page shows it: one text per field. */
export const shownValues = (raw: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(raw).map(([field, value]) => [field, Array.isArray(value) ? value.join(',') : String(value ?? '')]),
  )

/** What is sent: who applies apart from what for. */
export const splitForm = (form: ApplicationForm) => {
  const contact: Record<string, string> = {}
  const body: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(form))
    if ((CONTACT_FIELDS as readonly string[]).includes(field)) contact[field] = String(value)
    else body[field] = value
  return { body, contact }
}
