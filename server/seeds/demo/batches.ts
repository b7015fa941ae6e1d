import type { Ctx } from '#kernel/ctx.ts'
import { commitBatch, importWorkbook } from '#modules/catalog/index.ts'
import { asOfficer } from './officer.ts'

const HEAD = [
  ...[
    '信息资源名称',
    '信息资源摘要',
    '信息资源分类',
    '来源信息系统名称',
    '格式分类',
    '格式类型',
    '共享类型',
    '共享条件',
  ],
  ...['共享方式分类', '共享方式类型', '开放类型', '更新周期', '信息项名称', '信息项英文名', '数据类型', '数据长度'],
] as const

interface Line {
  readonly name: string
  readonly summary?: string
  readonly cycle?: string
  readonly share?: readonly [type: string, condition: string]
  readonly items: readonly (readonly [name: string, name_en: string, type: string, length: string])[]
}

const PERSON: Line['items'] = [
  ['姓名', 'person_name', '字符型C', '50'],
  ['公民身份号码', 'citizen_id', '字符型C', '18'],
]

const rowsOf = ({ name, summary, cycle = '每月', share = ['无条件共享', ''], items }: Line): string[][] =>
  items.map((item, index) =>
    index > 0
      ? [...Array.from({ length: 12 }, () => ''), ...item]
      : [
          ...[name, summary ?? `${name}的登记、变动与统计情况，由业务处室采集。`, '363010', '社会救助管理系统'],
          ...['数据库', 'oracle', ...share, '共享平台方式', '数据库', '不予开放', cycle],
          ...item,
        ],
  )

const csvOf = (lines: readonly Line[]): Buffer =>
  Buffer.from(`\ufeff${[HEAD, ...lines.flatMap(rowsOf)].map((row) => row.join(',')).join('\r\n')}\r\n`)

/** What the civil affairs department added at the end of the year, and has written. */
const ADDED: readonly Line[] = [
  { name: '困境儿童保障信息', items: [...PERSON, ['保障类别', 'care_kind', '字符型C', '20']] },
  { name: '农村留守老人巡访信息', cycle: '每季度', items: [...PERSON, ['巡访日期', 'visited_on', '日期型D', '10']] },
  { name: '流浪乞讨人员救助信息', share: ['有条件共享', '公安机关查找失踪人员使用'], items: PERSON },
  {
    name: '慈善信托备案信息',
    items: [
      ['信托名称', 'trust_name', '字符型C', '100'],
      ['备案日期', 'filed_on', '日期型D', '10'],
    ],
  },
  { name: '村（居）务公开信息', cycle: '每季度', items: [['村（居）委会名称', 'committee_name', '字符型C', '100']] },
]

/** What a prefecture's bureau sent in, with what such sheets have in them; waiting for an officer to put it right. */
const SENT_IN: readonly Line[] = [
  { name: '临时救助审批台账', items: PERSON },
  { name: '门楼牌编制信息', items: [['门牌号', 'plate_no', '字符型C', '30']] },
  { name: '殡葬服务机构年检信息', cycle: '随时', items: [['机构名称', 'organ_name', '字符型C', '100']] },
  { name: '婚姻登记预约信息', share: ['有条件共享', ''], items: PERSON },
  { name: '养老护理员培训信息', summary: '养老护理员培训信息', items: [['姓名', '姓名', '字符型C', '50']] },
]

const FILES = [
  { file_name: '2017年四季度补充目录.csv', lines: ADDED, isWritten: true },
  { file_name: '州县报送目录汇总.csv', lines: SENT_IN, isWritten: false },
] as const

/** Past imports of the civil affairs department: one written, one with faults and a conflict to be seen. */
export const loadBatches = async (ctx: Ctx): Promise<void> => {
  const officer = await asOfficer(ctx, 'mz.bianmu')
  const rows = await ctx.db
    .selectFrom('catalog.batch')
    .select('title')
    .where('state', 'in', ['checked', 'committed'])
    .execute()
  for (const { file_name, lines, isWritten } of FILES) {
    if (rows.some(({ title }) => title === file_name)) continue
    const { batch_id, state } = await importWorkbook(officer, { file_name, file: csvOf(lines) })
    if (isWritten && state === 'checked') await commitBatch(officer, batch_id, { is_leaving_out: true })
  }
}
