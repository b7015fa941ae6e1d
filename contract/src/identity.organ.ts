import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { ByOrgan, ORGAN_KINDS, OrganId, SUCCESSION_KINDS } from './identity.terms.ts'
import { IsoDate, input, Line, nullable, Page } from './values.ts'

export const Organ = t.Object({
  organ_id: t.String(),
  name: t.String(),
  short_name: t.String(),
  parent_id: nullable(t.String()),
  division_code: t.String(),
  kind: ORGAN_KINDS.schema,
  credit_code: nullable(t.String()),
  seq_code: nullable(t.String()),
  founded_on: IsoDate,
  dissolved_on: nullable(IsoDate),
})
export type Organ = t.Static<typeof Organ>

export const OrganDetail = t.Object({
  ...Organ.properties,
  names: t.Array(t.Object({ name: t.String(), valid_from: IsoDate, valid_to: nullable(IsoDate) })),
  successions: t.Array(
    t.Object({ successor_id: t.String(), successor_name: t.String(), on_date: IsoDate, how: SUCCESSION_KINDS.schema }),
  ),
  can: t.Array(t.String()),
})
export type OrganDetail = t.Static<typeof OrganDetail>

export const OrganDraft = input({
  organ_id: OrganId,
  name: Line(120),
  short_name: Line(60),
  parent_id: nullable(OrganId),
  kind: ORGAN_KINDS.schema,
  credit_code: t.Optional(nullable(t.String({ maxLength: 18 }))),
  seq_code: t.Optional(nullable(t.String({ pattern: '^\\d{3}$' }))),
  founded_on: IsoDate,
})
export type OrganDraft = t.Static<typeof OrganDraft>

export const listOrgans = endpoint({
  method: 'GET',
  path: '/identity/organs',
  permission: 'identity.organ.read',
  summary: '机构列表（按层级路径）',
  query: input({
    after: t.Optional(t.String({ maxLength: 512 })),
    limit: t.Optional(t.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    q: t.Optional(t.String({ maxLength: 60 })),
    parent_id: t.Optional(OrganId),
    division_code: t.Optional(t.String({ pattern: '^\\d{2,6}$' })),
    /** Organs standing on this day, under the names they bore then; the business date when left out. */
    on: t.Optional(IsoDate),
  }),
  response: Page(Organ),
})
export const getOrgan = endpoint({
  method: 'GET',
  path: '/identity/organs/:id',
  permission: 'identity.organ.read',
  summary: '机构与沿革',
  params: ByOrgan,
  response: OrganDetail,
})
export const foundOrgan = endpoint({
  method: 'POST',
  path: '/identity/organs',
  permission: 'identity.organ.edit',
  summary: '设立机构',
  body: OrganDraft,
  response: OrganDetail,
})
export const renameOrgan = endpoint({
  method: 'POST',
  path: '/identity/organs/:id/rename',
  permission: 'identity.organ.edit',
  summary: '机构更名（自某日起；旧名仍可查）',
  params: ByOrgan,
  body: input({ name: Line(120), short_name: Line(60), on: IsoDate }),
  response: OrganDetail,
})
export const succeedOrgan = endpoint({
  method: 'POST',
  path: '/identity/organs/:id/succeed',
  permission: 'identity.organ.edit',
  summary: '机构并入、拆分到另一机构，或撤销',
  params: ByOrgan,
  body: input({
    how: t.Unsafe<'merged' | 'split' | 'dissolved'>(t.String({ enum: ['merged', 'split', 'dissolved'] })),
    successor_ids: t.Array(OrganId, { maxItems: 10 }),
    on: IsoDate,
  }),
  response: OrganDetail,
})
