import * as t from 'typebox'
import { BASIS_KINDS } from './catalog.standard.ts'
import { coded, Id, Instant, IsoDate, input, nullable } from './values.ts'

export const RESOURCE_STATES = coded({
  draft: '编制中',
  dept_review: '部门审核中',
  platform_review: '平台审核中',
  published: '已发布',
  withdrawn: '已下架',
})
export type ResourceState = (typeof RESOURCE_STATES.codes)[number]

export const SHARE_TYPES = coded({ unconditional: '无条件共享', conditional: '有条件共享', withheld: '不予共享' })
export type ShareType = (typeof SHARE_TYPES.codes)[number]

/** Who finds the entry: everybody, the departments of the same government, or the providing organ alone. */
export const AUDIENCES = coded({ all: '各级各部门', government: '本级政府各部门', organ: '仅本部门' })
export type Audience = (typeof AUDIENCES.codes)[number]

const text = (max: number) => t.Optional(nullable(t.String({ maxLength: max })))
const code = () => text(64)
const flag = () => t.Optional(t.Boolean())

/** The clause that forbids sharing; kept in words, so that a later change of the list cannot alter what was relied on. */
export const Basis = input({
  kind: BASIS_KINDS.schema,
  title: t.String({ maxLength: 200 }),
  clause: t.String({ maxLength: 200 }),
  document_no: t.String({ maxLength: 100 }),
})
export type Basis = t.Static<typeof Basis>

/** The six census figures of 2017 (domain §1.4-17); what is not a number is said by the rules, not by the schema. */
export const CENSUS_KEYS = [
  'total_storage_gb',
  'structured_rows_10k',
  'shared_storage_gb',
  'shared_rows_10k',
  'open_storage_gb',
  'open_rows_10k',
] as const
const figure = () => t.Optional(nullable(t.Number()))
export const Census = input({
  total_storage_gb: figure(),
  structured_rows_10k: figure(),
  shared_storage_gb: figure(),
  shared_rows_10k: figure(),
  open_storage_gb: figure(),
  open_rows_10k: figure(),
})
export type Census = t.Static<typeof Census>

/** Fields that a dialect adds over the national standard, by the key that follows `extension.` in the standard's field list. */
export const ExtensionValue = t.Union([
  t.String({ maxLength: 5000 }),
  t.Number(),
  t.Boolean(),
  t.Array(t.String({ maxLength: 200 }), { maxItems: 100 }),
  t.Null(),
])
export type ExtensionValue = t.Static<typeof ExtensionValue>
export const Extension = t.Record(t.String({ maxLength: 40 }), ExtensionValue)
export type Extension = t.Static<typeof Extension>

export const ItemDraft = input({
  /** Kept across versions, because grants refer to it; left out for a new item. */
  item_id: t.Optional(nullable(Id)),
  name: text(500),
  name_en: text(128),
  data_type: code(),
  length: t.Optional(nullable(t.Number())),
  is_key: flag(),
  is_required: flag(),
  share_type: code(),
  share_condition: text(2000),
  withheld_basis: t.Optional(nullable(Basis)),
  open_type: code(),
  sensitivity: code(),
  mask_rule: code(),
  data_element: text(500),
})
export type ItemDraft = t.Static<typeof ItemDraft>

/**
 * A catalogue entry while it is being written: anything may still be missing or wrong. The lengths here only keep a body
 * sane; the standard's own lengths and codes are rules, so that an over-long draft can be saved and then mended.
 */
export const ResourceDraft = input({
  class_code: text(24),
  name: text(1000),
  name_en: text(1000),
  /** The actor's own organ when left out. */
  provider_organ_id: t.Optional(nullable(t.String({ pattern: '^\\d{10}$' }))),
  inner_dept: text(500),
  summary: text(5000),
  source_system_name: text(500),
  format_category: code(),
  format_type: code(),
  format_note: text(2000),
  share_type: code(),
  share_condition: text(2000),
  share_basis: t.Optional(nullable(Basis)),
  share_method_category: code(),
  share_method_type: code(),
  open_type: code(),
  open_condition: text(2000),
  update_cycle: code(),
  related_codes: t.Optional(t.Array(t.String({ maxLength: 40 }), { maxItems: 100 })),
  keywords: t.Optional(t.Array(t.String({ maxLength: 40 }), { maxItems: 30 })),
  audience: t.Optional(AUDIENCES.schema),
  census: t.Optional(nullable(Census)),
  extension: t.Optional(nullable(Extension)),
  items: t.Optional(t.Array(ItemDraft, { maxItems: 1000 })),
})
export type ResourceDraft = t.Static<typeof ResourceDraft>

/** One item of an entry as it is shown: `seq` is its place, `item_id` its identity. */
export const Item = t.Object({
  item_id: Id,
  seq: t.Integer(),
  name: t.String(),
  name_en: t.String(),
  data_type: nullable(t.String()),
  length: nullable(t.Number()),
  is_key: t.Boolean(),
  is_required: t.Boolean(),
  share_type: nullable(t.String()),
  share_condition: nullable(t.String()),
  withheld_basis: nullable(Basis),
  open_type: nullable(t.String()),
  sensitivity: nullable(t.String()),
  mask_rule: nullable(t.String()),
  data_element: nullable(t.String()),
})
export type Item = t.Static<typeof Item>

const line = () => nullable(t.String())

/** What an entry says, complete in shape: nothing left out, absent values `null`. */
export const ResourceContent = t.Object({
  class_code: line(),
  name: t.String(),
  name_en: line(),
  provider_organ_id: t.String(),
  inner_dept: line(),
  summary: line(),
  source_system_name: line(),
  format_category: line(),
  format_type: line(),
  format_note: line(),
  share_type: line(),
  share_condition: line(),
  share_basis: nullable(Basis),
  share_method_category: line(),
  share_method_type: line(),
  open_type: line(),
  open_condition: line(),
  update_cycle: line(),
  related_codes: t.Array(t.String()),
  keywords: t.Array(t.String()),
  audience: AUDIENCES.schema,
  census: nullable(Census),
  /** Absent where no dialect field is filled. */
  extension: t.Optional(Extension),
  items: t.Array(Item),
})
export type ResourceContent = t.Static<typeof ResourceContent>

export const Finding = t.Object({
  /** Path of the field, e.g. `items.3.length`; counted from 0. */
  field: t.String(),
  /** Rule of the standard (C01–C12) or of the platform (F01–F06). */
  rule: t.String(),
  message: t.String(),
  clause: t.String(),
  level: t.Unsafe<'error' | 'warning'>(t.String({ enum: ['error', 'warning'] })),
})
export type Finding = t.Static<typeof Finding>

const head = {
  resource_id: Id,
  /** Issued at the platform's approval, never before, never again. */
  code: nullable(t.String()),
  name: t.String(),
  state: RESOURCE_STATES.schema,
  provider_organ_id: t.String(),
  provider_name: t.String(),
  class_code: nullable(t.String()),
  class_title: nullable(t.String()),
  share_type: nullable(t.String()),
  item_count: t.Integer(),
  /** Version now published; `null` before the first publication and after withdrawal. */
  published_version: nullable(t.Integer()),
  /** A working copy exists beside the published version. */
  is_revising: t.Boolean(),
  revision: t.Integer({ description: '修订号：保存时带回，防止覆盖他人修改' }),
  compiled_on: IsoDate,
  compiled_by_name: t.String(),
  submitted_on: nullable(IsoDate),
  submitted_by_name: nullable(t.String()),
  published_on: nullable(IsoDate),
  /** Why the reviewer sent it back, while it is back. */
  return_reason: nullable(t.String()),
  returned_by_name: nullable(t.String()),
  withdraw_reason: nullable(t.String()),
  updated_at: Instant,
  /** save, submit, recall, remove, approve, return, publish, reject, withdraw, revise. */
  can: t.Array(t.String()),
}
/** An entry as its compilers and reviewers list it. */
export const Resource = t.Object(head)
export type Resource = t.Static<typeof Resource>

export const COPIES = coded({ published: '已发布版本', working: '编制中版本' })

export const ResourceDetail = t.Object({
  ...head,
  /** Which of the two is shown in `content`. */
  copy: COPIES.schema,
  version: nullable(t.Integer()),
  content: ResourceContent,
  provider_code: nullable(t.String()),
  provider_short_name: t.String(),
  class_path: t.Array(t.Object({ code: t.String(), title: t.String() })),
  related: t.Array(t.Object({ code: t.String(), name: nullable(t.String()), resource_id: nullable(Id) })),
  attached_methods: t.Array(t.String()),
  standard: t.Object({ id: t.String(), version: t.Integer(), title: t.String(), document_no: t.String() }),
  first_published_on: nullable(IsoDate),
  /** Where it was harvested from; `null`: compiled here. */
  origin: nullable(
    t.Object({ source_id: Id, source_name: t.String(), record_url: nullable(t.String()), changed_at: Instant }),
  ),
})
export type ResourceDetail = t.Static<typeof ResourceDetail>
