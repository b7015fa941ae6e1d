import * as t from 'typebox'
import { Clock } from './clock.ts'
import { endpoint } from './endpoint.ts'
import { ById, coded, Done, Id, Instant, IsoDate, input, nullable, Page, PageQuery } from './values.ts'

/** What somebody has to do. A to-do waits for whoever may do it in an organ, never for one person. */
export const TODO_KINDS = coded({
  request_decide: '答复共享申请',
  request_reconsider: '回应异议',
  request_coordinate: '协调共享争议',
  correction_answer: '校核纠错',
  resource_review: '部门审核目录',
  resource_publish: '平台审核目录',
  resource_mend: '修改退回的目录',
  resource_conform: '按新版标准修订目录',
  feed_mend: '处理暂扣的数据挂接',
  reject_mend: '整改问题数据',
  duty_answer: '认领责任清单',
  duty_coordinate: '协调责任清单异议',
  lead_answer: '一数一源：对牵头提议表态',
  lead_decide: '一数一源：裁定牵头异议',
  release_review: '开放数据的保密审查',
  edition_mend: '处理暂扣的开放数据',
  application_accept: '受理开放申请',
  application_decide: '审查开放申请',
  application_approve: '批准开放申请',
  application_appeal: '处理不予开放的申诉',
  inquiry_answer: '答复公众来件',
  inquiry_assign: '分办公众来件',
  inquiry_refuse: '确认不予受理',
  showcase_review: '审核应用登记',
})
export type TodoKind = (typeof TODO_KINDS.codes)[number]

export const Todo = t.Object({
  todo_id: Id,
  kind: TODO_KINDS.schema,
  title: t.String(),
  /** `sharing.request` and its id: what the page of the matter is found by. */
  subject_kind: t.String(),
  subject_id: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
  opened_on: IsoDate,
  /** `null` where no statute sets a time. */
  clock: nullable(Clock),
})
export type Todo = t.Static<typeof Todo>

export const listTodos = endpoint({
  method: 'GET',
  path: '/inbox/todos',
  permission: 'session',
  summary: '我的待办：按剩余工作日排序，无时限的在后',
  query: input({ ...PageQuery, kind: t.Optional(TODO_KINDS.schema) }),
  response: Page(Todo),
})

export const countTodos = endpoint({
  method: 'GET',
  path: '/inbox/todo-counts',
  permission: 'session',
  summary: '工作台汇总：各类待办数、亮灯数、未读通知数',
  response: t.Object({
    total: t.Integer(),
    kinds: t.Array(t.Object({ kind: TODO_KINDS.schema, title: t.String(), count: t.Integer() })),
    lights: t.Object({ green: t.Integer(), yellow: t.Integer(), red: t.Integer(), none: t.Integer() }),
    unread_notices: t.Integer(),
  }),
})

export const NOTICE_KINDS = coded({
  request_granted_at_once: '无条件共享已即时授权',
  request_decided: '申请已答复',
  request_withdrawn: '申请已撤回',
  request_escalated: '异议已提请协调',
  request_reopened: '申请将重新答复',
  request_upheld: '协调维持原答复',
  request_settled: '异议已了结',
  request_messaged: '收到沟通消息',
  request_yellow: '答复临近到期（黄牌）',
  request_red: '答复逾期（红牌）',
  correction_answered: '纠错已校核',
  correction_yellow: '校核临近到期（黄牌）',
  correction_red: '校核逾期（红牌）',
  grant_narrowed: '授权已收窄',
  grant_revoked: '授权已收回',
  grant_returned: '授权已退回',
  grant_affected: '目录变更影响授权',
  resource_published: '目录已发布',
  resource_withdrawn: '目录已下架',
  feed_drifted: '源结构有变化',
  feed_outdated: '数据超过更新周期',
  run_failed: '数据读取失败',
  agent_fenced: '前置节点的副本被拒绝',
  demand_matched: '需求有新的候选资源',
  duty_answered: '责任部门已答复',
  duty_yellow: '责任清单临近到期（黄牌）',
  duty_red: '责任清单逾期（红牌）',
  ladder_raised: '争议已提请领导小组裁决',
  ladder_red: '协调逾期（红牌）',
  lead_agreed: '一数一源：已定牵头部门',
  lead_dropped: '一数一源：未定牵头部门',
  lead_reversed: '一数一源：牵头已撤销',
  application_yellow: '开放申请临近承诺期限（黄牌）',
  application_red: '开放申请超过承诺期限（红牌）',
  application_active: '使用许可已开通',
  application_appealed: '不予开放的决定被申诉',
  inquiry_red: '公众来件答复逾期',
  inquiry_supplemented: '来件人补充了说明',
  inquiry_kept: '不予受理未获同意，请答复',
  release_approved: '开放已通过审查',
  release_rejected: '开放未通过审查',
  release_withdrawn: '开放数据集已撤回',
  source_ended: '开放数据集不再更新：供数已断',
})
export type NoticeKind = (typeof NOTICE_KINDS.codes)[number]

export const Notice = t.Object({
  notice_id: Id,
  kind: NOTICE_KINDS.schema,
  title: t.String(),
  /** What was said with it: a reason, an opinion, a message; empty where nothing was. */
  text: t.String(),
  subject_kind: t.String(),
  subject_id: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
  occurred_on: IsoDate,
  occurred_at: Instant,
  is_read: t.Boolean(),
})
export type Notice = t.Static<typeof Notice>

export const listNotices = endpoint({
  method: 'GET',
  path: '/inbox/notices',
  permission: 'session',
  summary: '我的通知：新的在前',
  query: input({ ...PageQuery, is_unread: t.Optional(t.Boolean({ description: '只看未读' })) }),
  response: Page(Notice),
})

export const markNoticeRead = endpoint({
  method: 'POST',
  path: '/inbox/notices/:id/read',
  permission: 'session',
  summary: '通知标为已读（只对本人）',
  params: ById,
  response: Done,
})

export const markAllNoticesRead = endpoint({
  method: 'POST',
  path: '/inbox/notices/read',
  permission: 'session',
  summary: '我的通知全部标为已读（只对本人）',
  response: Done,
})
