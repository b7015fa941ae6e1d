import type { Role } from '@sanjiang/contract'
import type { ImportedPerson } from '#modules/identity/index.ts'
import { provincialOrganOf } from '../reference/organs.ts'

/** Published: the demo's accounts are for everybody to try. Nothing of this exists outside demo mode. */
export const DEMO_PASSWORD = 'Qinghai@2017'
/** Base32; type it into an authenticator app to sign in as one of the three administrators. */
export const DEMO_TOTP_SECRET = 'SANJIANGDEMOSANJIANGDEMO234567QH'

type Officer = readonly [suffix: string, role: Role]
const DEPARTMENT: readonly Officer[] = [
  ['bianmu', 'cataloger'],
  ['shenhe', 'dept_reviewer'],
  ['tigong', 'provider'],
  ['shiyong', 'consumer'],
  ['lingdao', 'leader'],
]

/** Departments that have accounts in the demo: the word their usernames begin with, and their number (domain §8.1). */
const DEPARTMENTS: readonly (readonly [word: string, seq: string])[] = [
  ['mz', '010'],
  ['ga', '007'],
  ['rs', '013'],
  ['gs', '027'],
  ['jy', '004'],
  ['fg', '002'],
  ['wj', '022'],
  ['gt', '014'],
  ['zj', '016'],
  ['cz', '012'],
  ['sj', '023'],
  ['ds', '026'],
  ['dzzw', '047'],
]

/** The word a department's usernames begin with; undefined where it has no accounts. */
export const departmentOf = (organ_id: string): string | undefined =>
  DEPARTMENTS.find(([, seq]) => provincialOrganOf(seq).id === organ_id)?.[0]

/** The department whose usernames begin with a word. */
export const organOf = (word: string): string => provincialOrganOf(DEPARTMENTS.find(([one]) => one === word)![1]).id

const OPERATOR: readonly Officer[] = [
  ['mulu', 'catalog_admin'],
  ['sysadmin', 'system_admin'],
  ['secadmin', 'security_admin'],
  ['auditadmin', 'audit_admin'],
]
const ADMINISTRATORS = new Set<Role>(['system_admin', 'security_admin', 'audit_admin'])

const SURNAMES = '王李马张才韩祁赵仁陈尕杨'
const GIVEN = ['建国', '玉兰', '才让', '海燕', '志强', '卓玛', '文军', '秀英', '晓东', '措毛', '立新', '春花', '永福']

export const nameAt = (index: number): string =>
  `${SURNAMES[index % SURNAMES.length]}${GIVEN[(index * 5) % GIVEN.length]}`

const account = (username: string, seq: string, role: Role, name: string): ImportedPerson => {
  const organ_id = provincialOrganOf(seq).id
  const totp = ADMINISTRATORS.has(role) ? { totp_secret: DEMO_TOTP_SECRET } : {}
  return { username, name, organ_id, password: DEMO_PASSWORD, roles: [{ role, organ_id }], ...totp }
}

/** The demo's accounts: five offices in each of the departments, the operator's, an auditor. */
export const demoPeople = (): ImportedPerson[] => {
  const listed = [
    ...DEPARTMENTS.flatMap(([word, seq]) =>
      DEPARTMENT.map(([suffix, role]) => [`${word}.${suffix}`, seq, role] as const),
    ),
    ...OPERATOR.map(([suffix, role]) => [ADMINISTRATORS.has(role) ? suffix : `dzzw.${suffix}`, '047', role] as const),
    ['sj.auditor', '023', 'auditor'] as const,
    // A second administrator, because whoever drafts a version of the standard does not adopt it.
    ['dzzw.biaozhun', '047', 'catalog_admin'] as const,
  ]
  return listed.map(([username, seq, role], index) => account(username, seq, role, nameAt(index)))
}

/** What the greeting shows: enough to walk the main job. */
export const ACCOUNT_LINES: readonly string[] = [
  `演示账号（口令均为 ${DEMO_PASSWORD}；部门缩写 mz 民政、ga 公安、rs 人社、gs 工商、ds 地税、jy 教育 等）`,
  '  mz.bianmu 编目员 · mz.shenhe 审核员 · mz.tigong 数据提供员 · mz.shiyong 数据使用员 · ga.tigong 公安提供员',
  '  dzzw.mulu / dzzw.biaozhun 平台目录管理员 · sj.auditor 审计员 · sysadmin / secadmin / auditadmin 三员',
  `  三员登录另需动态码，密钥 ${DEMO_TOTP_SECRET}`,
]
