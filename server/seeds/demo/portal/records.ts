import { generator, hash } from '../random.ts'

/** What two municipal offices publish on portals of their own: 西宁's a CKAN, 海东's one DCAT file. Nobody's real data. */
const OFFICES: readonly (readonly [office: string, topics: readonly string[]])[] = [
  ['教育局', ['义务教育学校分布', '中小学校车线路', '民办培训机构许可', '学区划分', '校园食堂量化等级']],
  ['民政局', ['养老机构床位', '社区居委会办公地点', '婚姻登记窗口', '地名标志设置', '社会组织年检结果']],
  ['人力资源和社会保障局', ['公益性岗位', '定点医疗机构', '职业技能培训班次', '招聘会场次', '劳动人事争议仲裁开庭']],
  ['国土资源局', ['国有建设用地出让结果', '地质灾害隐患点', '矿业权公示', '不动产登记窗口', '土地整治项目']],
  ['环境保护局', ['空气质量监测站点', '重点排污单位', '建设项目环评受理', '饮用水水源水质', '噪声功能区划分']],
  ['农牧局', ['农资经营门店', '动物卫生监督站', '绿色食品认证产品', '农机购置补贴机具', '蔬菜批发价格']],
  ['卫生和计划生育委员会', ['社区卫生服务中心', '预防接种门诊', '医疗机构校验结果', '公共场所卫生监督', '献血点']],
  ['市场监督管理局', ['餐饮服务量化分级', '食品抽检结果', '特种设备检验', '计量检定强制器具', '消费投诉公示']],
]
const FORMATS = ['CSV', 'XLSX', 'JSON', 'PDF', 'XML'] as const
const CYCLES = ['monthly', '每季度', 'yearly', '不定期', 'daily'] as const
const FROM = Date.UTC(2016, 0, 4)
const DAYS = 660

const dayOf = (random: () => number): string =>
  new Date(FROM + Math.floor(random() * DAYS) * 86_400_000).toISOString().slice(0, 10)

export interface PortalRecord {
  readonly id: string
  readonly title: string
  readonly notes: string
  readonly office: string
  readonly topic: string
  readonly format: string
  readonly cycle: string
  readonly issued: string
}

const PLACES = { 西宁市: ['城东区', '城中区', '城西区', '城北区'], 海东市: ['乐都区', '平安区', '民和县'] } as const

export const portalRecords = (city: keyof typeof PLACES): PortalRecord[] =>
  OFFICES.flatMap(([office, topics]) =>
    topics.flatMap((topic) =>
      PLACES[city].map((place) => {
        const random = generator(hash('portal', city, topic, place))
        const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
        return {
          id: `${hash('portal-id', city, topic, place).toString(16).padStart(8, '0')}-open-data`,
          title: `${city}${place}${topic}信息`,
          notes: `${city}${office}汇总的${place}${topic}情况，由各经办单位报送，含名称、地址、办理日期等。`,
          office: `${city}${office}`,
          topic,
          format: pick(FORMATS),
          cycle: pick(CYCLES),
          issued: dayOf(random),
        }
      }),
    ),
  )
