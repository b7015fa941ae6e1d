import type { NormLink, NormLinkKind } from './catalog.norm.ts'
import { PLATFORM_RULES } from './catalog.rule-table.ts'
import type { Standard } from './catalog.standard.ts'
import { RULE_LEVELS } from './catalog.standard.ts'
import { RULE_CODES, ruleVersions } from './codes/rule.ts'

/** Rules of sharing (domain §2) and the place in the software where each is kept. */
const SHARING_RULES: Readonly<Record<string, readonly [title: string, place: string]>> = {
  R01: ['以共享为原则、不共享为例外', '目录缺省无条件共享，不予共享须另附依据'],
  R02: ['三类共享类型', '条目与信息项的共享类型'],
  R03: ['不予共享须有法律、行政法规或党中央国务院政策依据', '提交、审核、发布时拒绝无依据的条目'],
  R04: ['基础信息项在部门间无条件共享', '目录规则 C12 提醒'],
  R05: ['无条件共享的直接获取', '申请即时授权'],
  R06: ['有条件共享 10 个工作日内答复，不同意须说明理由', '答复时限与黄牌、红牌；拒绝须选理由并填写'],
  R07: ['协商未果由共享主管部门协调', '异议、协调'],
  R08: ['明确共享范围与用途', '授权写明信息项、用途、有效期，调用逐次核对'],
  R09: ['平台能取到的不得要求重复提交', '编目时列出已有的同类信息项'],
  R10: ['谁主管、谁提供、谁负责，及时更新', '更新周期与超期提醒'],
  R11: ['只用于申请的用途，不得转作他用', '调用声明用途、办件与人员，凭据防篡改'],
  R12: ['疑义数据快速校核，业务照常办理', '纠错单与校核时限'],
  R13: ['职能或法规变化后 15 个工作日内更新目录', '办理时限 catalog_update'],
  R14: ['每年报告上一年度共享情况', '统计'],
  R15: ['项目立项前预编目录', '尚未由软件执行'],
  R16: ['一数一源、多元校核、动态更新', '同一信息项的多家提供与牵头部门'],
  R17: ['违规情形触发整改', '目录问题清单与待办'],
}

/** Checks of identifiers that rules and the exchange's border make. */
const CODE_CHECKS: Readonly<Record<string, readonly [title: string, place: string]>> = {
  citizen_id: ['公民身份号码校验位', '按身份号码查证、纠错定位时校验'],
  credit_code: ['统一社会信用代码校验位', '提供方代码（C08）与数据元取值'],
  organ_code: ['组织机构代码校验位', '统一社会信用代码第 9–17 位'],
  licence_id: ['电子证照标识校验位', '已有校验工具，尚无业务调用'],
  division: ['行政区划代码', '机构与目录的行政区划，含撤并沿革'],
  sex: ['性别代码表', '数据元取值在交换边界核对'],
  nation: ['民族代码表', '数据元取值在交换边界核对'],
  resource_code: ['信息资源代码的编码', '平台审核通过时赋码'],
  masking: ['脱敏规则', '授权的信息项按规则遮盖'],
  password: ['口令与登录失败策略', '账号登录'],
  audit_log: ['审计日志不少于六个月、防篡改', '存证账本'],
  envelope: ['服务调用签名', '数据网关'],
  service_item: ['事项代码', '共享申请的事项依据'],
}

const of = (kind: NormLinkKind, target: string, [title, detail]: readonly [string, string]): NormLink => ({
  kind,
  target,
  title,
  detail,
})

/** Everything the software enforces that a clause may be linked to, with how it stands in the version now in force. */
export const normTargets = (standard: Pick<Standard, 'rules'>): NormLink[] => [
  ...standard.rules.map(({ id, title, level }) => of('catalog_rule', id, [title, RULE_LEVELS.titles[level]])),
  ...Object.entries(PLATFORM_RULES).map(([id, { title }]) => of('platform_rule', id, [title, '始终执行'])),
  ...RULE_CODES.map((code) => {
    const versions = ruleVersions(code)
    const days = versions.map((rule) => `${rule.days} 个工作日（自 ${rule.from}）`).join('；')
    return of('clock_rule', code, [versions.at(-1)!.title, days])
  }),
  ...Object.entries(SHARING_RULES).map(([id, said]) => of('sharing_rule', id, said)),
  ...Object.entries(CODE_CHECKS).map(([id, said]) => of('code_check', id, said)),
]
