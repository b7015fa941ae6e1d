import * as t from 'typebox'
import { ROLES, type Role } from './permissions.ts'
import { coded } from './values.ts'

export const RoleCode = t.Unsafe<Role>(t.String({ enum: Object.keys(ROLES) }))
export const OrganId = t.String({ pattern: '^\\d{10}$', description: '区划6+类别1+序号3' })
export const ORGAN_KINDS = coded({
  party: '党委',
  congress: '人大',
  government: '政府',
  consultative: '政协',
  court: '法院',
  procuratorate: '检察院',
  mass: '群团',
  vertical: '垂直管理',
  institution: '事业单位',
})
export const SUCCESSION_KINDS = coded({ renamed: '更名', merged: '合并', split: '拆分', dissolved: '撤销' })
export const CLIENT_STATES = coded({ active: '在用', suspended: '停用' })
export const PERSON_STATES = coded({ active: '在用', suspended: '停用' })

export const Password = t.String({ minLength: 1, maxLength: 128 })
export const ByOrgan = t.Object({ id: OrganId })
