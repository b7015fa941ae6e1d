import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { Password, RoleCode } from './identity.terms.ts'
import { ById, Done, Id, Instant, IsoDate, input, Line } from './values.ts'

export const Session = t.Object({
  person_id: Id,
  username: t.String(),
  name: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
  roles: t.Array(RoleCode),
  permissions: t.Array(t.String()),
  /** Must be sent back in `x-csrf-token` with every write. */
  csrf: t.String(),
  today: IsoDate,
  demo: t.Boolean(),
  /** What stands between this session and its permissions. */
  pending: t.Array(t.Unsafe<'change_password' | 'enrol_totp'>(t.String({ enum: ['change_password', 'enrol_totp'] }))),
})
export type Session = t.Static<typeof Session>

export const openSession = endpoint({
  method: 'POST',
  path: '/identity/session',
  permission: 'public',
  summary: '登录：口令，管理员另加动态码',
  body: input({ username: Line(64), password: Password, totp: t.Optional(t.String({ maxLength: 10 })) }),
  response: Session,
})
export const getSession = endpoint({
  method: 'GET',
  path: '/identity/session',
  permission: 'session',
  summary: '当前会话',
  response: Session,
})
export const closeSession = endpoint({
  method: 'DELETE',
  path: '/identity/session',
  permission: 'session',
  summary: '退出',
  response: Done,
})
export const listSessions = endpoint({
  method: 'GET',
  path: '/identity/sessions',
  permission: 'session',
  summary: '我的全部会话',
  response: t.Array(
    t.Object({
      session_id: Id,
      opened_at: Instant,
      last_seen_at: Instant,
      ip: t.String(),
      user_agent: t.String(),
      is_current: t.Boolean(),
    }),
  ),
})
export const closeOtherSession = endpoint({
  method: 'POST',
  path: '/identity/sessions/:id/close',
  permission: 'session',
  summary: '关闭我的另一会话',
  params: ById,
  response: Done,
})
export const changePassword = endpoint({
  method: 'POST',
  path: '/identity/password',
  permission: 'session',
  summary: '修改口令（其余会话随即关闭）',
  body: input({ current: Password, next: Password }),
  response: Done,
})
export const beginTotp = endpoint({
  method: 'POST',
  path: '/identity/totp',
  permission: 'session',
  summary: '开始绑定动态码',
  response: t.Object({ secret: t.String(), uri: t.String() }),
})
export const confirmTotp = endpoint({
  method: 'POST',
  path: '/identity/totp/confirm',
  permission: 'session',
  summary: '输入一次动态码，完成绑定',
  body: input({ code: t.String({ pattern: '^\\d{6}$' }) }),
  response: Done,
})

const ClockView = t.Object({ today: IsoDate, demo: t.Boolean() })
export const getClock = endpoint({
  method: 'GET',
  path: '/identity/clock',
  permission: 'public',
  summary: '业务日期',
  response: ClockView,
})
export const setClock = endpoint({
  method: 'POST',
  path: '/identity/clock',
  permission: 'identity.clock.set',
  summary: '设定业务日期（仅演示模式）',
  body: input({ today: IsoDate }),
  response: ClockView,
})
