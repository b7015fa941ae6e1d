/** A need that the catalogue may or may not meet, as a department's officer would file it. */
export interface Wish {
  /** The word the department's usernames begin with. */
  readonly word: string
  readonly name: string
  readonly items: readonly string[]
  readonly purpose: string
  readonly filed_on: string
  readonly wanted_on: string
  readonly urgency?: 'normal' | 'urgent' | 'critical'
  readonly description?: string
  readonly duty?: Charge
}

/** What happened on the responsibility list: who was made responsible, when, and what the department said. */
export interface Charge {
  readonly seq: string
  readonly on: string
  readonly answers?: readonly Answer[]
}
type Answer =
  | { readonly on: string; readonly kind: 'accept' }
  | { readonly on: string; readonly kind: 'compile' }
  | {
      readonly on: string
      readonly kind: 'refuse'
      readonly code: Reason
      readonly text: string
      readonly basis: string
    }
  | { readonly on: string; readonly kind: 'reassert' | 'release'; readonly text: string }
  | { readonly on: string; readonly kind: 'transfer'; readonly to: string; readonly text: string }
type Reason = 'not_held' | 'not_our_duty' | 'withheld_by_law' | 'held_by_other' | 'secrecy_law'

const REFUSAL = '我厅业务系统只登记申领结果，不掌握逐笔发放明细'

/** Needs that nobody's entry meets: the stuff of the responsibility list. */
export const UNSUPPLIED: readonly Wish[] = [
  {
    word: 'mz',
    name: '殡仪火化逐例登记明细',
    items: ['火化证号', '火化日期', '殡仪馆编号'],
    purpose: '最低生活保障金的给付',
    filed_on: '2017-11-13',
    wanted_on: '2018-01-31',
    urgency: 'urgent',
  },
  {
    word: 'rs',
    name: '工地农民工考勤打卡流水',
    items: ['考勤卡号', '打卡时刻'],
    purpose: '失业保险金申领',
    filed_on: '2017-11-20',
    wanted_on: '2018-03-31',
    duty: { seq: '016', on: '2017-12-07' },
  },
  {
    word: 'jy',
    name: '校车逐趟行驶轨迹',
    items: ['校车牌照', '趟次', '途经点'],
    purpose: '义务教育阶段入学登记',
    filed_on: '2017-10-30',
    wanted_on: '2017-12-31',
    urgency: 'critical',
    duty: { seq: '007', on: '2017-11-27' },
  },
  {
    word: 'fg',
    name: '住户水表逐月读数',
    items: ['水表编号', '抄表日期', '表底数'],
    purpose: '公共租赁住房租赁补贴给付',
    filed_on: '2017-10-16',
    wanted_on: '2018-02-28',
    duty: {
      seq: '027',
      on: '2017-11-06',
      answers: [
        {
          on: '2017-11-10',
          kind: 'refuse',
          code: 'not_our_duty',
          text: '供水企业抄表数据不属工商行政管理职责',
          basis: '省工商行政管理局三定规定',
        },
        { on: '2017-11-17', kind: 'transfer', to: '016', text: '供水属城建公用事业，由住房城乡建设部门编制' },
        { on: '2017-11-22', kind: 'accept' },
        { on: '2017-11-24', kind: 'compile' },
      ],
    },
  },
  {
    word: 'wj',
    name: '牧区包虫病筛查逐户台账',
    items: ['筛查户号', '犬只数', '阳性数'],
    purpose: '农村部分计划生育家庭奖励扶助金给付',
    filed_on: '2017-10-23',
    wanted_on: '2018-01-15',
    urgency: 'urgent',
    duty: {
      seq: '010',
      on: '2017-11-13',
      answers: [
        { on: '2017-11-20', kind: 'refuse', code: 'not_held', text: REFUSAL, basis: '省民政厅三定规定' },
        { on: '2017-11-27', kind: 'reassert', text: '救助台账中有逐户记载，请抽取编目' },
        {
          on: '2017-12-04',
          kind: 'refuse',
          code: 'not_held',
          text: '经再次核对，逐户记载为纸质，不掌握电子数据',
          basis: '省民政厅三定规定',
        },
      ],
    },
  },
  {
    word: 'cz',
    name: '惠农补贴一卡通逐笔发放流水',
    items: ['一卡通卡号', '发放批次', '发放金额'],
    purpose: '建档立卡贫困户帮扶资金给付',
    filed_on: '2017-11-01',
    wanted_on: '2018-02-10',
    duty: { seq: '013', on: '2017-11-15', answers: [{ on: '2017-11-21', kind: 'accept' }] },
  },
  {
    word: 'gt',
    name: '草场界桩逐点坐标',
    items: ['界桩编号', '经度', '纬度'],
    purpose: '不动产登记',
    filed_on: '2017-11-27',
    wanted_on: '2018-06-30',
  },
  {
    word: 'ds',
    name: '加油站油枪逐笔销售流水',
    items: ['油枪编号', '加油时刻', '升数'],
    purpose: '税务登记',
    filed_on: '2017-12-06',
    wanted_on: '2018-04-30',
  },
  {
    word: 'fg',
    name: '景区闸机逐日入园人次',
    items: ['闸机编号', '入园人次'],
    purpose: '企业设立、变更、注销登记',
    filed_on: '2017-11-08',
    wanted_on: '2017-12-05',
    duty: {
      seq: '007',
      on: '2017-11-16',
      answers: [
        {
          on: '2017-11-23',
          kind: 'refuse',
          code: 'held_by_other',
          text: '景区闸机由旅游部门及景区管理单位掌握',
          basis: '省公安厅三定规定',
        },
      ],
    },
  },
  {
    word: 'gs',
    name: '网约车逐单营运记录',
    items: ['订单号', '上车时刻', '下车时刻'],
    purpose: '企业设立、变更、注销登记',
    filed_on: '2017-10-18',
    wanted_on: '2018-01-10',
    duty: {
      seq: '007',
      on: '2017-11-01',
      answers: [
        {
          on: '2017-11-07',
          kind: 'refuse',
          code: 'withheld_by_law',
          text: '逐单行程属个人信息，平台公司依法不予批量提供',
          basis: '中华人民共和国网络安全法 第四十二条',
        },
        { on: '2017-11-15', kind: 'release', text: '异议成立，改以逐件核验方式研究' },
      ],
    },
  },
]

/** Needs that the catalogue is likely to meet: candidates wait for the demander's choice. */
export const MATCHING: readonly Wish[] = [
  {
    word: 'mz',
    name: '机动车登记信息',
    items: ['车牌号码', '车辆类型'],
    purpose: '最低生活保障金的给付',
    filed_on: '2017-11-14',
    wanted_on: '2017-12-20',
    urgency: 'urgent',
  },
  {
    word: 'mz',
    name: '个体工商户登记信息',
    items: ['经营者姓名', '经营范围'],
    purpose: '临时救助金的给付',
    filed_on: '2017-12-05',
    wanted_on: '2018-03-10',
  },
  {
    word: 'rs',
    name: '高等学校毕业生信息',
    items: ['姓名', '毕业院校'],
    purpose: '就业创业证申领',
    filed_on: '2017-11-22',
    wanted_on: '2018-02-22',
  },
  {
    word: 'rs',
    name: '残疾人基本信息',
    items: ['姓名', '残疾等级'],
    purpose: '失业保险金申领',
    filed_on: '2017-12-01',
    wanted_on: '2018-03-01',
  },
  {
    word: 'jy',
    name: '城市低保家庭信息',
    items: ['姓名', '公民身份号码'],
    purpose: '学生资助资金的给付',
    filed_on: '2017-11-10',
    wanted_on: '2017-12-08',
    urgency: 'critical',
  },
  {
    word: 'wj',
    name: '婚姻登记信息',
    items: ['姓名', '登记日期'],
    purpose: '农村部分计划生育家庭奖励扶助金给付',
    filed_on: '2017-11-29',
    wanted_on: '2018-02-28',
  },
  {
    word: 'zj',
    name: '房屋权属登记信息',
    items: ['坐落', '权利人'],
    purpose: '公共租赁住房租赁补贴给付',
    filed_on: '2017-11-16',
    wanted_on: '2018-01-31',
  },
  {
    word: 'ds',
    name: '建设工程施工许可信息',
    items: ['工程名称', '施工单位'],
    purpose: '税务登记',
    filed_on: '2017-12-04',
    wanted_on: '2018-03-31',
  },
  {
    word: 'fg',
    name: '企业信用信息',
    items: ['企业名称', '统一社会信用代码'],
    purpose: '企业设立、变更、注销登记',
    filed_on: '2017-11-21',
    wanted_on: '2018-01-20',
  },
]

/** What those who use the data say that it achieved. */
export const ACHIEVED = [
  ['materials_spared', 3120, '申请人不再提交户籍、婚姻等证明材料，窗口直接核验'],
  ['checks_made', 8460, '办理中在线核验，退回不符申请'],
  ['visits_spared', 1904, '群众少跑一趟，当场办结'],
  ['frauds_found', 37, '比对发现隐瞒收入、死亡冒领，已停发追缴'],
  ['days_saved', 3, '平均办理时间由八个工作日减到五个工作日'],
] as const
