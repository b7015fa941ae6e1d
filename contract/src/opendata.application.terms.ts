import { coded } from './values.ts'

/** Words of an application for conditional data; both sides of the wall read them (T4.2, experience P17). */
export const APPLICANT_KINDS = coded({ person: '个人', organisation: '法人或其他组织' })
export type ApplicantKind = (typeof APPLICANT_KINDS.codes)[number]

export const USE_PURPOSES = coded({
  research: '科学研究',
  product: '产品或服务开发',
  public_service: '公益服务',
  teaching: '教学',
  news: '新闻报道',
  decision: '本单位经营管理',
  other: '其他',
})

export const SECURITY_MEASURES = coded({
  keeper: '指定专人保管密钥和数据',
  login: '访问须登录，并留有记录',
  encryption: '传输和保存时加密',
  inland: '存放在中国境内的设备上',
  deletion: '到期后删除，并留存删除记录',
  incident: '发生泄露，二十四小时内告知提供部门',
})

/** Months a use may be agreed for at once; afterwards one applies again. */
export const TERM_MONTHS = [3, 6, 12, 24] as const

export const APPLICATION_STATES = coded({
  received: '待受理',
  incomplete: '待补正',
  accepted: '审查中',
  proposed: '待批准',
  agreement: '待确认协议',
  active: '使用中',
  refused: '不予开放',
  appealed: '申诉中',
  upheld: '申诉未获支持',
  expired: '已到期',
  revoked: '已收回',
  lapsed: '逾期未办，已终止',
  closed: '已终止',
})
export type ApplicationState = (typeof APPLICATION_STATES.codes)[number]

/** What a notice may ask for: everything that is missing at once. */
export const MISSING_PARTS = coded({
  identity: '申请人身份',
  qualification: '符合开放条件的证明',
  purpose: '用途说明',
  security: '安全保障措施',
  term: '使用期限的理由',
  contact: '联系方式',
})
export type MissingPart = (typeof MISSING_PARTS.codes)[number]

export const OPEN_REFUSALS = coded({
  unqualified: '申请人不符合公布的开放条件',
  purpose_unclear: '用途不明确，补正后仍不明确',
  purpose_unlawful: '用途不符合法律法规规定',
  secrecy: '按所说用途使用会泄露国家秘密、商业秘密或个人隐私',
  security_insufficient: '安全保障措施不足以保护所申请的数据',
  breached_before: '曾违反使用协议，尚在限制期内',
  other: '其他',
})

export const REVOKE_REASONS = coded({
  breach: '违反使用协议',
  other_purpose: '超出约定用途',
  key_passed_on: '密钥泄露或转借他人',
  dataset_withdrawn: '数据集已撤回开放',
  asked_for: '使用方要求终止',
})

/** Why what was not decided yet is decided no more: not by anybody's opinion of the application. */
export const CLOSE_REASONS = coded({
  dataset_withdrawn: '数据集已撤回开放',
  dataset_unconditional: '数据集已改为无条件开放',
})
export type CloseReason = (typeof CLOSE_REASONS.codes)[number]

/** Calendar days: to mend, to confirm the agreement, to appeal (行政复议法 第九条: 六十日). */
export const MEND_DAYS = 30
export const CONFIRM_DAYS = 30
export const APPEAL_DAYS = 60
export const DRAFT_DAYS = 30

interface DatedText {
  readonly version: string
  readonly from: string
  readonly lines: readonly string[]
}

/** What an applicant promises, word by word, by version. */
export const PROMISES: readonly DatedText[] = [
  {
    version: '2017-1',
    from: '2017-01-01',
    lines: [
      '所填内容真实，能提供证明。',
      '只按申请的用途使用，不转让、不转借密钥，不把原始数据提供给第三方。',
      '不用这些数据识别特定个人，不危害国家安全、公共利益和他人合法权益。',
      '落实所填的安全保障措施；发生泄露，二十四小时内告知提供部门。',
      '公开使用成果时注明数据来源和取得日期；期限届满或许可被收回后停止使用并删除原始数据。',
    ],
  },
]

/** The agreement, by version; words in braces are filled in. It names the applicant by number only: nobody's name goes outside. */
export const AGREEMENTS: readonly DatedText[] = [
  {
    version: '2017-1',
    from: '2017-01-01',
    lines: [
      '公共数据有条件开放使用协议（{version} 版）',
      '提供方：{organ_name}。使用方：申请编号 {number} 的申请人。',
      '一、数据：《{title}》（{code}），按经审查公开的信息项提供。',
      '二、用途：{purpose}，具体以申请所写为准。超出用途须另行申请。',
      '三、期限：自确认之日起至 {ends_on}。每日不超过 {daily_requests} 次、{daily_megabytes} 兆字节。',
      '四、使用方履行提交申请时作出的承诺（{promise_version} 版）及所填安全保障措施：{security}。',
      '五、提供方保证数据与其掌握的一致，注明截至日期；数据更正、撤回时在数据集页公布。',
      '六、使用方违反协议的，提供方收回许可，说明理由；使用方可以向省政府电子政务办公室反映。',
      '七、使用方以申请编号和查询码在线确认，即为签订，双方以确认时刻和本文的 SHA-256 摘要为凭。',
    ],
  },
]

const versionAt = (versions: readonly DatedText[], date: string): DatedText =>
  versions.findLast(({ from }) => from <= date) ?? versions[0]!

export const promiseAt = (date: string): DatedText => versionAt(PROMISES, date)

/** The text to be agreed on, filled in; the same facts give the same text, letter by letter. */
export const agreementText = (date: string, facts: Readonly<Record<string, string | number>>) => {
  const { version, lines } = versionAt(AGREEMENTS, date)
  const known: Readonly<Record<string, string | number>> = { ...facts, version }
  const filled = lines.map((line) => line.replace(/\{(\w+)\}/g, (_, name: string) => String(known[name] ?? '')))
  return { version, text: filled.join('\n') }
}
