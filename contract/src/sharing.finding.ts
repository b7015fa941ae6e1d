import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { Clock } from './sharing.terms.ts'
import { coded, IsoDate, input, nullable } from './values.ts'

/** What is out of order between supply and demand: read off the records, gone as soon as the facts are different. */
export const SHARING_FINDINGS = coded({
  granted_unconnected: '授权后一直没有接通',
  connected_unused: '接通后一直没有使用',
  used_stopped: '用过后停用',
  effect_unstated: '使用后没有填报成效',
  demand_unanswered: '需求没有着落',
  refused_twice: '两次被拒',
  duty_overdue: '责任清单超期',
  correction_overdue: '疑义数据逾期未校核',
  business_stopped: '校核期间业务未照常办理',
})
export type SharingFindingKind = (typeof SHARING_FINDINGS.codes)[number]

export const SharingFinding = t.Object({
  kind: SHARING_FINDINGS.schema,
  subject_kind: t.Unsafe<'sharing.grant' | 'sharing.demand' | 'sharing.request' | 'sharing.correction'>(t.String()),
  subject_id: t.String(),
  title: t.String(),
  /** Whose move it is; `null`: the sharing authority's. */
  mover_organ_id: nullable(t.String()),
  mover_name: t.String(),
  other_name: t.String({ description: '对方：提供方或需求方' }),
  since: IsoDate,
  /** Working days since then. */
  age_days: t.Integer(),
  clock: nullable(Clock),
})
export type SharingFinding = t.Static<typeof SharingFinding>

export const listSharingFindings = endpoint({
  method: 'GET',
  path: '/sharing/findings',
  permission: 'sharing.request.read',
  summary: '供需问题：授权未接通、接通未使用、停用、两次被拒、需求无着落、责任超期——由事实得出，事实改变即消',
  query: input({
    kind: t.Optional(SHARING_FINDINGS.schema),
    organ_id: t.Optional(t.String({ pattern: '^\\d{10}$', description: '该办的机构' })),
    limit: t.Optional(t.Integer({ minimum: 1, maximum: 500, default: 100 })),
  }),
  response: t.Object({
    rows: t.Array(SharingFinding),
    total: t.Integer(),
    kinds: t.Array(t.Object({ code: SHARING_FINDINGS.schema, count: t.Integer() })),
  }),
})
