import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { DUTY_REASONS, DUTY_STATES, Duty, DutyDetail } from './sharing.demand.ts'
import { ById, coded, Id, input, Line, nullable, Page, PageQuery } from './values.ts'

const OrganId = t.String({ pattern: '^\\d{10}$' })

export const assignDuty = endpoint({
  method: 'POST',
  path: '/sharing/demands/:id/duties',
  permission: 'sharing.duty.assign',
  summary: '没有提供方的需求列入责任清单：定责任部门，限期认领或说明理由',
  params: ById,
  body: input({ organ_id: OrganId, note: Line(1000, 4) }),
  response: DutyDetail,
})

export const acceptDuty = endpoint({
  method: 'POST',
  path: '/sharing/duties/:id/accept',
  permission: 'sharing.duty.answer',
  summary: '责任部门认领；已有发布的条目可直接指明',
  params: ById,
  body: input({ resource_id: t.Optional(nullable(Id)) }),
  response: DutyDetail,
})

export const compileDuty = endpoint({
  method: 'POST',
  path: '/sharing/duties/:id/entry',
  permission: 'catalog.resource.edit',
  summary: '为责任起草目录条目（名称、信息项已预填）',
  params: ById,
  response: t.Object({ resource_id: Id }),
})

export const refuseDuty = endpoint({
  method: 'POST',
  path: '/sharing/duties/:id/refuse',
  permission: 'sharing.duty.answer',
  summary: '责任部门提出异议：理由、说明与法律依据，转共享主管部门协调',
  params: ById,
  body: input({
    reason_code: DUTY_REASONS.schema,
    text: Line(1000, 10),
    basis_title: Line(200, 2),
    basis_clause: Line(200, 2),
  }),
  response: DutyDetail,
})

export const DUTY_OUTCOMES = coded({ reassert: '维持责任', transfer: '转交其他部门', release: '异议成立' })

export const coordinateDuty = endpoint({
  method: 'POST',
  path: '/sharing/duties/:id/coordinate',
  permission: 'sharing.duty.assign',
  summary: '共享主管部门对异议给出意见：维持、转交、解除',
  params: ById,
  body: input({ outcome: DUTY_OUTCOMES.schema, text: Line(1000, 10), organ_id: t.Optional(nullable(OrganId)) }),
  response: DutyDetail,
})

export const getDuty = endpoint({
  method: 'GET',
  path: '/sharing/duties/:id',
  permission: 'sharing.request.read',
  summary: '一项责任：往来与时限',
  params: ById,
  response: DutyDetail,
})

export const listDuties = endpoint({
  method: 'GET',
  path: '/sharing/duties',
  permission: 'sharing.request.read',
  summary: '责任清单',
  query: input({ ...PageQuery, state: t.Optional(DUTY_STATES.schema), organ_id: t.Optional(OrganId) }),
  response: Page(Duty),
})

export const countDuties = endpoint({
  method: 'GET',
  path: '/sharing/duty-counts',
  permission: 'sharing.request.read',
  summary: '责任清单按责任部门的进展',
  response: t.Array(
    t.Object({
      organ_id: t.String(),
      name: t.String(),
      assigned: t.Integer(),
      accepted: t.Integer(),
      refused: t.Integer(),
      fulfilled: t.Integer(),
      overdue: t.Integer({ description: '超期未认领或未编成' }),
    }),
  ),
})
