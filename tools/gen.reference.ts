import * as contract from '@sanjiang/contract'
import {
  API_PREFIX,
  accessTitle,
  ERRORS,
  endpointsOf,
  PERMISSIONS,
  type Permission,
  ROLES,
  type Role,
  roleSpec,
} from '@sanjiang/contract'

const PARTIES = { caller: '调用方', provider: '提供方', platform: '平台' } as const

/** `docs/reference/errors.md`: the one error table. */
export const renderErrors = (): string => {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, title, party }]) => `| \`${code}\` | ${status} | ${title} | ${PARTIES[party]} |`,
  )
  return `# 错误表\n\n由 \`npm run gen\` 从 contract/src/errors.ts 生成。\n\n| code | HTTP | 含义 | 责任方 |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

const roleRows = (permission: Permission): string => {
  const roles = Object.keys(ROLES) as Role[]
  return roles
    .filter((role) => roleSpec(role).permissions.includes(permission))
    .map((role) => ROLES[role].title)
    .join('、')
}

/** `docs/reference/permissions.md`: who may do what, and which permission each endpoint asks. */
export const renderPermissions = (): string => {
  const permissions = (Object.keys(PERMISSIONS) as Permission[]).map(
    (permission) => `| \`${permission}\` | ${PERMISSIONS[permission]} | ${roleRows(permission)} |`,
  )
  const endpoints = endpointsOf(contract as unknown as Record<string, object>).map(
    ({ endpoint: ep }) =>
      `| ${ep.method} | \`${API_PREFIX}${ep.path}\` | ${ep.summary} | ${accessTitle(ep.permission)} |`,
  )
  return `# 权限与接口\n\n由 \`npm run gen\` 从 contract 生成。\n\n## 权限\n\n| 权限 | 含义 | 角色 |\n|---|---|---|\n${permissions.join('\n')}\n
## 接口\n\n| 方法 | 路径 | 说明 | 权限 |\n|---|---|---|---|\n${endpoints.join('\n')}\n`
}
