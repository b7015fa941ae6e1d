import type { Service, ServiceDraft, ServiceField, ServiceParameter } from '@sanjiang/contract/gateway'

export interface ItemName {
  readonly name: string
  readonly name_en: string
}

/** The form's shape: one line per item of the resource, bound or not. */
export interface ServiceFields {
  readonly body_kind: 'json' | 'passthrough'
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly parameters: ServiceParameter[]
  readonly rows_pointer: string
  readonly fields: Record<string, { pointer?: string; subject?: ServiceField['subject'] }>
  readonly ok_pointer: string
  readonly ok_values: string[]
  readonly timeout_ms: number
  readonly max_bytes: number
  readonly concurrency: number
}

const fieldsOf = (fields: readonly ServiceField[] = []): ServiceFields['fields'] =>
  Object.fromEntries(fields.map(({ item, pointer, subject }) => [item, { pointer, subject: subject ?? undefined }]))

export const initialFields = (service: Service | undefined): ServiceFields => ({
  body_kind: service?.body_kind ?? 'json',
  method: (service?.method as 'GET' | 'POST') ?? 'GET',
  url: service?.url ?? '',
  parameters: service?.parameters ?? [],
  rows_pointer: service?.rows_pointer ?? '',
  fields: fieldsOf(service?.fields),
  ok_pointer: service?.ok_rule?.pointer ?? '',
  ok_values: service?.ok_rule?.values.map(String) ?? [],
  timeout_ms: service?.timeout_ms ?? 5000,
  max_bytes: service?.max_bytes ?? 1_048_576,
  concurrency: service?.concurrency ?? 64,
})

/** What a reading of an OpenAPI document fills in; the rest stays. */
export const filledBy = (draft: Partial<ServiceDraft>): Partial<ServiceFields> => ({
  method: draft.method,
  url: draft.url,
  parameters: draft.parameters,
  rows_pointer: draft.rows_pointer,
  fields: fieldsOf(draft.fields),
})

/** `true`, `false` and whole numbers typed in a box mean what JSON means by them. */
const toJsonValue = (text: string): string | number | boolean =>
  text === 'true' ? true : text === 'false' ? false : /^-?\d{1,15}$/.test(text) ? Number(text) : text

export const toDraft = (resource_id: string, fields: ServiceFields): ServiceDraft => ({
  resource_id,
  body_kind: fields.body_kind,
  method: fields.method,
  url: fields.url.trim(),
  parameters: (fields.parameters ?? []).map((one) => ({
    ...one,
    required: one.required ?? false,
    provider_name: one.provider_name || undefined,
    item: one.item ?? null,
    subject: one.subject ?? null,
  })),
  rows_pointer: fields.rows_pointer ?? '',
  fields:
    fields.body_kind === 'passthrough'
      ? []
      : Object.entries(fields.fields ?? {}).flatMap(([item, { pointer, subject }]) =>
          pointer ? [{ item, pointer, subject: subject ?? null }] : [],
        ),
  ok_rule:
    fields.ok_values.length > 0
      ? { pointer: fields.ok_pointer ?? '', values: fields.ok_values.map(toJsonValue) }
      : null,
  timeout_ms: fields.timeout_ms,
  max_bytes: fields.max_bytes,
  concurrency: fields.concurrency,
})
