import type { OPEN_REFUSALS, REVOKE_REASONS } from '@sanjiang/contract/opendata'

interface Opinion {
  readonly on: string
  readonly outcome: 'approve' | 'refuse'
  readonly reason_code?: keyof typeof OPEN_REFUSALS.titles
  readonly text: string
}

/** An application of the demo province, and how far it has come. */
export interface DemoApplication {
  readonly on: string
  readonly kind: 'person' | 'organisation'
  /** Whoever it is, he does not exist. */
  readonly name: string
  readonly credit_stem?: string
  readonly contact_name?: string
  readonly phone: string
  readonly qualification: string
  readonly purpose_code: string
  readonly purpose_text: string
  readonly security: readonly string[]
  readonly security_text: string
  readonly term_months: number
  readonly noticed?: { readonly on: string; readonly code: 'qualification' | 'purpose'; readonly text: string }
  readonly mended?: { readonly on: string; readonly text: string }
  readonly accepted_on?: string
  readonly opinion?: Opinion
  readonly decided_on?: string
  readonly signed_on?: string
  /** Readings by day. */
  readonly uses?: readonly (readonly [on: string, bytes: number])[]
  readonly revoked?: { readonly on: string; readonly code: keyof typeof REVOKE_REASONS.titles; readonly text: string }
  readonly appealed?: { readonly on: string; readonly text: string }
}

const APPROVED = { outcome: 'approve', text: '符合开放条件，用途和安全措施明确' } as const

export const DEMO_APPLICATIONS: readonly DemoApplication[] = [
  {
    ...{ on: '2017-12-05', kind: 'organisation', name: '高原某某大学经济学院', credit_stem: '12630000440009901' },
    ...{ contact_name: '卓玛', phone: '0971-5310001', purpose_code: 'research', term_months: 12 },
    qualification: '省内高等学校，承担省社科规划课题',
    purpose_text: '研究行业分布与就业的关系，成果为公开发表的论文和政策建议，不涉及单个对象',
    security: ['keeper', 'login', 'encryption', 'deletion'],
    security_text: '存放在学院内网服务器，课题组四人可见',
    accepted_on: '2017-12-05',
    opinion: { on: '2017-12-06', ...APPROVED },
    ...{ decided_on: '2017-12-06', signed_on: '2017-12-07' },
    uses: [
      ['2017-12-07', 18_240],
      ['2017-12-08', 18_240],
      ['2017-12-08', 2_130],
      ['2017-12-11', 18_310],
    ],
  },
  {
    ...{ on: '2017-12-08', kind: 'person', name: '马某某', phone: '0971-8230007' },
    ...{ purpose_code: 'teaching', term_months: 6, qualification: '职业学校教师，用于统计课教学' },
    purpose_text: '作统计课的案例，学生在机房练习，不带出教室',
    security: ['keeper', 'inland'],
    security_text: '存放在学校机房一台不接互联网的电脑上',
  },
  {
    ...{ on: '2017-12-06', kind: 'organisation', name: '西海某某数据科技有限公司', credit_stem: '91630100MA7500001' },
    ...{ contact_name: '韩某', phone: '0971-6140001', purpose_code: 'product', term_months: 24 },
    qualification: '省内注册企业',
    purpose_text: '开发面向企业的信息查询产品，提供给合作金融机构',
    security: ['login'],
    security_text: '存放在租用的云服务器',
    noticed: { on: '2017-12-08', code: 'purpose', text: '请说明产品向谁提供、是否包含原始数据，以及怎样防止再转让' },
  },
  {
    ...{ on: '2017-12-05', kind: 'organisation', name: '江源某某生态保护协会', credit_stem: '51630000MJY000001' },
    ...{ contact_name: '才让', phone: '0971-4320001', purpose_code: 'public_service', term_months: 12 },
    qualification: '省内登记的社会团体，章程所列业务相关',
    purpose_text: '为志愿者编写宣传材料，标注公共设施的位置和开放时间',
    security: ['keeper', 'deletion', 'incident'],
    security_text: '存放在协会办公电脑，秘书处两人可见',
    noticed: { on: '2017-12-06', code: 'qualification', text: '请提供登记证书编号和业务主管单位' },
    mended: { on: '2017-12-07', text: '登记证书编号和业务主管单位已随函提供' },
    accepted_on: '2017-12-08',
  },
  {
    ...{ on: '2017-12-06', kind: 'organisation', name: '昆仑某某咨询有限公司', credit_stem: '91632801MA7500002' },
    ...{ contact_name: '李某', phone: '0979-8410001', purpose_code: 'decision', term_months: 6 },
    qualification: '省内注册企业，受托编制园区规划',
    purpose_text: '编制园区产业规划时了解同类企业分布，只在规划文本中使用汇总数',
    security: ['keeper', 'encryption', 'deletion'],
    security_text: '存放在公司内网，项目组三人可见',
    accepted_on: '2017-12-07',
    opinion: { on: '2017-12-11', ...APPROVED },
  },
  {
    ...{ on: '2017-12-05', kind: 'organisation', name: '三江某某日报社', credit_stem: '12630000440009902' },
    ...{ contact_name: '王某', phone: '0971-8450001', purpose_code: 'news', term_months: 3 },
    qualification: '持有新闻出版许可的新闻单位',
    purpose_text: '就民生话题作数据报道，公开时注明来源和截至日期',
    security: ['keeper', 'login'],
    security_text: '存放在编辑部内网，两名编辑可见',
    accepted_on: '2017-12-06',
    opinion: { on: '2017-12-07', ...APPROVED },
    decided_on: '2017-12-08',
  },
  {
    ...{ on: '2017-12-05', kind: 'organisation', name: '某某征信服务有限公司', credit_stem: '91630000MA7500003' },
    ...{ contact_name: '张某', phone: '0971-6330001', purpose_code: 'product', term_months: 24 },
    qualification: '省内注册企业',
    purpose_text: '与其他来源的数据比对，为客户提供个人和企业的画像',
    security: ['login'],
    security_text: '存放在公司服务器，业务部门可见',
    accepted_on: '2017-12-06',
    opinion: {
      ...{ on: '2017-12-07', outcome: 'refuse', reason_code: 'secrecy' },
      text: '与其他数据比对后能够识别特定个人，超出公布的开放条件',
    },
    decided_on: '2017-12-08',
    appealed: { on: '2017-12-11', text: '比对只在企业层面进行，不涉及个人，愿意补充承诺并接受检查' },
  },
  {
    ...{ on: '2017-12-05', kind: 'person', name: '祁某某', phone: '0971-8230008' },
    ...{ purpose_code: 'product', term_months: 3, qualification: '软件从业人员，开发便民小程序' },
    purpose_text: '制作便民查询小程序，免费提供给公众',
    security: ['keeper'],
    security_text: '存放在本人电脑',
    accepted_on: '2017-12-05',
    opinion: { on: '2017-12-06', ...APPROVED },
    ...{ decided_on: '2017-12-06', signed_on: '2017-12-07' },
    uses: [['2017-12-08', 18_240]],
    revoked: { on: '2017-12-11', code: 'key_passed_on', text: '密钥写在公开的代码仓库里，经告知后没有更换' },
  },
]
