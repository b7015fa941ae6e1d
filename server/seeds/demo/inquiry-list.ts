import type { InquiryOutcome, RefusalReason } from '@sanjiang/contract/opendata'

/** What a citizen of the demo sent, and what became of it. */
export interface DemoInquiry {
  readonly kind: 'question' | 'correction' | 'wish' | 'showcase'
  readonly on: string
  readonly title: string
  readonly text: string
  readonly more?: Readonly<Record<string, string>>
  /** Titles of the open datasets it is about, or that an application is made of. */
  readonly datasets?: readonly string[]
  /** Department it was assigned to, by the word of its accounts, and when. */
  readonly assigned?: readonly [word: string, on: string]
  /** When it was read and made public; sealed where `isPrivate`. */
  readonly read_on?: string
  readonly isPrivate?: true
  readonly answer?: {
    readonly on: string
    readonly outcome: InquiryOutcome
    readonly text: string
    readonly planned_on?: string
    readonly opened?: string
  }
  readonly refused?: { readonly on: string; readonly reason: RefusalReason; readonly text: string }
  readonly supports?: number
}

const DIVISIONS = '青海省行政区划代码与市州边界'
const SCHOOLS = '青海省中小学名录'
const PRICES = '重要商品价格监测（每周）'

const QUESTIONS: readonly DemoInquiry[] = [
  {
    kind: 'question',
    on: '2017-12-05',
    title: '多久更新一次',
    text: '请问这份数据多久更新一次？下载的文件名里没有日期，怎么知道是不是最新的？',
    datasets: [PRICES],
    read_on: '2017-12-06',
    answer: {
      on: '2017-12-07',
      outcome: 'answered',
      text: '按数据集页所写的更新周期更新。页面上的“数据截至”就是这一版的日期，历史版本里列出以前各版。',
    },
  },
  {
    kind: 'question',
    on: '2017-12-05',
    title: '能不能用于商业应用',
    text: '我们是一家小公司，想把这份数据放进收费的应用里，需要另外签协议吗？',
    datasets: ['青海省养老机构名录'],
    read_on: '2017-12-06',
    answer: {
      on: '2017-12-08',
      outcome: 'answered',
      text: '直接使用的数据集可以用于商业用途，不收费、不用签协议，只需注明来源和获取日期。',
    },
  },
  {
    kind: 'question',
    on: '2017-12-06',
    title: '编码对应哪个标准',
    text: '表里的区划代码是哪一年的？和国家统计局最新的对不上。',
    datasets: [DIVISIONS],
    read_on: '2017-12-07',
  },
  {
    kind: 'question',
    on: '2017-12-07',
    title: '查询本人办理结果',
    text: '我上月交的材料现在办到哪一步了？',
    datasets: ['政务数据共享申请办理统计'],
    read_on: '2017-12-08',
    isPrivate: true,
    answer: {
      on: '2017-12-11',
      outcome: 'answered',
      text: '个人办件进度请在政务服务大厅网上查询，或拨打 12345；开放数据里没有个人办件信息。',
    },
  },
  {
    kind: 'question',
    on: '2017-12-08',
    title: '接口有没有调用次数限制',
    text: '做课程作业要每小时取一次，会不会被限制？',
    datasets: [SCHOOLS],
  },
  {
    kind: 'correction',
    on: '2017-12-05',
    title: '名称写错一个字',
    text: '单位门口的牌子和公章都是“互助土族自治县”，表里写成“互助土族自治区”。',
    more: { field: '名称', row: '互助县那一行', actual: '互助土族自治区', expected: '互助土族自治县' },
    datasets: [DIVISIONS],
    read_on: '2017-12-06',
    answer: {
      on: '2017-12-08',
      outcome: 'true_fixed',
      text: '经核对属实，是录入错误，已在业务库更正，下一版数据中体现。谢谢。',
    },
  },
  {
    kind: 'correction',
    on: '2017-12-07',
    title: '地址已经搬迁',
    text: '今年八月已经搬到海湖新区，门口贴有公告。',
    more: { field: '地址', row: '第 37 行', actual: '七一路', expected: '海湖新区文景街' },
    datasets: ['青海省医疗机构名录'],
    read_on: '2017-12-08',
  },
]

const WISHES: readonly DemoInquiry[] = [
  {
    kind: 'wish',
    on: '2017-09-18',
    title: '公共厕所的位置和开放时间',
    text: '旅游旺季外地游客多，想做一张公共厕所地图，需要位置、开放时间、有没有无障碍设施。',
    more: { purpose: '做免费的手机地图' },
    assigned: ['zj', '2017-09-19'],
    read_on: '2017-09-20',
    answer: {
      on: '2017-09-29',
      outcome: 'will_open',
      text: '数据由各县城管部门掌握，正在汇总，计划明年一季度开放西宁、海东两市的。',
      planned_on: '2018-03-30',
    },
    supports: 23,
  },
  {
    kind: 'wish',
    on: '2017-10-26',
    title: '各县义务教育学校名单和招生范围',
    text: '想要各县义务教育学校的名单、地址、招生范围，每年更新一次即可。',
    more: { purpose: '帮助新到西宁的家长查学区', organ: '教育厅' },
    assigned: ['jy', '2017-10-27'],
    read_on: '2017-10-30',
    answer: {
      on: '2017-12-05',
      outcome: 'already_open',
      text: '学校名录已经开放，带地址和坐标，每学年更新；招生范围由各县每年公布，暂不汇总。',
      opened: SCHOOLS,
    },
    supports: 41,
  },
  {
    kind: 'wish',
    on: '2017-10-30',
    title: '药店和医保定点情况',
    text: '哪些药店能刷医保卡，想要名称、地址、是否定点。',
    more: { purpose: '给老人做查询小程序' },
    assigned: ['rs', '2017-10-31'],
    read_on: '2017-11-01',
    supports: 17,
  },
  {
    kind: 'wish',
    on: '2017-11-13',
    title: '个体工商户经营者的电话',
    text: '想要全省个体工商户的联系电话，用来推广收银机。',
    more: { purpose: '电话营销' },
    assigned: ['gs', '2017-11-14'],
    read_on: '2017-11-15',
    answer: {
      on: '2017-11-28',
      outcome: 'cannot_open',
      text: '经营者电话属于个人信息，依照网络安全法第四十二条不能开放。企业名称和登记状态已经开放，可以使用。',
    },
    supports: 1,
  },
  {
    kind: 'wish',
    on: '2017-11-20',
    title: '婚姻登记处的办理量',
    text: '想要各县婚姻登记处每月的办理量，用来研究人口变化。',
    more: { purpose: '写论文' },
    assigned: ['mz', '2017-11-21'],
    read_on: '2017-11-22',
    answer: {
      on: '2017-12-01',
      outcome: 'cannot_open',
      text: '分县分月的数量过小，可能推知个人，暂不开放；按年、按市州的数量正在整理。',
    },
    supports: 4,
  },
  {
    kind: 'wish',
    on: '2017-12-04',
    title: '公交线路和站点',
    text: '想要西宁市公交线路、站点的位置和首末班时间。',
    more: { purpose: '做到站提醒' },
    read_on: '2017-12-06',
    supports: 9,
  },
  {
    kind: 'wish',
    on: '2017-12-06',
    title: '加微信送礼品',
    text: '本店贷款秒批，加微信送礼品。',
    more: { purpose: '推广贷款业务' },
    refused: { on: '2017-12-07', reason: 'abuse', text: '来件内容为商业广告，与政务数据无关。' },
  },
]

const APPS: readonly DemoInquiry[] = [
  {
    kind: 'showcase',
    on: '2017-12-05',
    title: '河湟生活地图',
    text: '把学校和医院放到一张地图上，按所在地查最近的一处。',
    more: { url: 'http://ditu.example.cn/', kind: 'web', developer: '河湟地图小组' },
    datasets: [SCHOOLS, '青海省医疗机构名录'],
    read_on: '2017-12-06',
    answer: { on: '2017-12-06', outcome: 'approved', text: '已核对，能打开，注明了来源，同意展示。' },
  },
  {
    kind: 'showcase',
    on: '2017-12-06',
    title: '青海市场主体月报',
    text: '用开放的统计画出各市州市场主体的行业构成，按人口比较，附数据和画图的代码。',
    more: { url: 'http://yuebao.example.cn/qinghai', kind: 'analysis', developer: '青海大学经济数据社' },
    datasets: ['市场主体分市州行业统计', DIVISIONS],
    read_on: '2017-12-07',
    answer: { on: '2017-12-07', outcome: 'approved', text: '已核对数据集和图表，同意展示。' },
  },
  {
    kind: 'showcase',
    on: '2017-12-06',
    title: '找得着',
    text: '输入养老院或医院的名称，查它的地址、床位和等级，老人版字号更大。',
    more: { url: 'http://zhaodezhao.example.cn/', kind: 'app', developer: '西宁某软件公司' },
    datasets: ['青海省养老机构名录', '青海省医疗机构名录'],
    read_on: '2017-12-08',
    answer: { on: '2017-12-08', outcome: 'approved', text: '已核对，同意展示。' },
  },
  {
    kind: 'showcase',
    on: '2017-12-08',
    title: '高原数据课',
    text: '给中学生的数据课，用开放数据讲统计图。',
    more: { url: 'http://ke.example.cn/', kind: 'other', developer: '一位中学老师' },
    datasets: [PRICES],
  },
]

export const DEMO_INQUIRIES: readonly DemoInquiry[] = [...WISHES, ...QUESTIONS, ...APPS]
