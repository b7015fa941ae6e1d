import type { FigureCode } from '@sanjiang/contract/opendata'
import type { OpenPlan } from './dataset.ts'
import { homeRows, hospitalRows, schoolRows } from './rows.places.ts'
import { calendarRows, divisionRows, taskRows } from './rows.reference.ts'
import { certificateRows, firmRows, PRICES_UNTIL, priceRows, projectRows } from './rows.series.ts'

/** Spread thinly enough that some cells are small. */
const FIRMS = 12_000

const PLACE = [
  { name_en: 'longitude', role: 'lon' },
  { name_en: 'latitude', role: 'lat' },
] as const

const places: readonly OpenPlan[] = [
  {
    key: '6300003010.division_code_table',
    theme: '201',
    word: 'mz',
    title: '青海省行政区划代码与市州边界',
    summary:
      '全省县级以上行政区划的代码、名称、隶属关系和2010年普查常住人口，市州另附驻地坐标和示意边界，可用来给其他数据按地区汇总和作图。边界只供示意，不作划界依据。',
    keywords: ['行政区划', '代码', '地图', '边界'],
    items: [
      { name_en: 'division_code', role: 'key' },
      { name_en: 'division_name', role: 'category' },
      { name_en: 'parent_code' },
      { name_en: 'division_level', role: 'category' },
      { name_en: 'resident_population', role: 'measure', unit: '万人' },
      ...PLACE,
      { name_en: 'outline', role: 'shape' },
    ],
    editions: [{ data_on: '2017-10-31', rows: divisionRows }],
  },
  {
    key: '6300003010.elder_care_home',
    theme: '203',
    word: 'mz',
    title: '青海省养老机构名录',
    summary: '已取得设立许可的养老机构的名称、性质、地址、床位数、入住人数和收费标准，带坐标，方便查找附近的养老机构。',
    keywords: ['养老', '养老院', '福利院'],
    items: [
      { name_en: 'licence_no', role: 'key' },
      { name_en: 'institution_name' },
      { name_en: 'institution_nature', role: 'category' },
      { name_en: 'address' },
      { name_en: 'bed_count', role: 'measure', unit: '张' },
      { name_en: 'resident_count' },
      { name_en: 'charge_standard' },
      { name_en: 'issued_on' },
      ...PLACE,
    ],
    editions: [{ data_on: '2017-09-30', rows: homeRows }],
  },
  {
    key: '6300003004.school',
    theme: '201',
    word: 'jy',
    title: '青海省中小学名录',
    summary: '全省中小学的标识码、名称、办学类型、校址、在校生数和专任教师数，带坐标，供入学选择和公共服务研究。',
    keywords: ['学校', '教育', '入学'],
    items: [
      { name_en: 'school_code', role: 'key' },
      { name_en: 'school_name' },
      { name_en: 'school_kind', role: 'category' },
      { name_en: 'sponsor_kind' },
      { name_en: 'address' },
      { name_en: 'student_count', role: 'measure', unit: '人' },
      { name_en: 'teacher_count' },
      ...PLACE,
    ],
    editions: [{ data_on: '2017-09-01', rows: schoolRows }],
  },
  {
    key: '6300003022.hospital',
    theme: '202',
    word: 'wj',
    title: '青海省医疗机构名录',
    summary: '取得执业许可证的医院、卫生院、社区卫生服务中心的名称、类别、等级、地址和床位数，带坐标，方便就近就医。',
    keywords: ['医院', '卫生院', '就医'],
    items: [
      { name_en: 'hospital_register_no', role: 'key' },
      { name_en: 'institution_name' },
      { name_en: 'institution_kind', role: 'category' },
      { name_en: 'hospital_grade' },
      { name_en: 'address' },
      { name_en: 'bed_count', role: 'measure', unit: '张' },
      { name_en: 'issued_on' },
      { name_en: 'check_result' },
      ...PLACE,
    ],
    editions: [{ data_on: '2017-11-30', rows: hospitalRows }],
  },
]

const lists: readonly OpenPlan[] = [
  {
    key: '6300003047.working_calendar',
    theme: '201',
    word: 'dzzw',
    title: '工作日历（2017—2018年）',
    summary: '每一天是工作日、休息日、节假日还是调休上班，附国务院办公厅的放假通知文号，可直接用来计算办事时限。',
    keywords: ['工作日', '节假日', '调休', '放假'],
    items: [
      { name_en: 'calendar_date', role: 'key' },
      { name_en: 'is_workday' },
      { name_en: 'day_kind', role: 'category' },
      { name_en: 'holiday_name' },
      { name_en: 'notice_no' },
    ],
    editions: [
      { data_on: '2016-12-01', note: '2017年', rows: () => calendarRows([2017]) },
      { data_on: '2017-11-30', note: '增加2018年', rows: () => calendarRows([2017, 2018]) },
    ],
  },
  {
    key: '6300003047.plan_task_table',
    theme: '201',
    word: 'dzzw',
    title: '政务信息系统整合共享重点任务清单',
    summary: '《青海省政务信息系统整合共享实施方案》十六项重点任务的里程碑、牵头单位和完成时限，逐条列出，供社会监督。',
    keywords: ['重点任务', '整合共享', '方案', '督查'],
    items: [
      { name_en: 'task_no' },
      { name_en: 'task_title', role: 'category' },
      { name_en: 'section' },
      { name_en: 'lead_organs' },
      { name_en: 'milestone' },
      { name_en: 'clause' },
      { name_en: 'due_on' },
    ],
    editions: [{ data_on: '2017-09-25', rows: taskRows }],
  },
  {
    key: '6300003002.price_monitor',
    theme: '206',
    word: 'fg',
    title: '重要商品价格监测（每周）',
    summary: '各市州粮油、肉蛋奶、蔬菜、化肥、成品油等十六种商品每周的采价结果和涨跌幅，2014年12月以来逐周可比。',
    keywords: ['价格', '菜价', '肉价', '油价', '物价'],
    items: [
      { name_en: 'monitored_on', role: 'key' },
      { name_en: 'division_name', role: 'key' },
      { name_en: 'goods_name', role: 'category' },
      { name_en: 'spec' },
      { name_en: 'measure_unit' },
      { name_en: 'price', role: 'measure', unit: '元' },
      { name_en: 'last_price' },
      { name_en: 'change_rate' },
    ],
    editions: [{ data_on: PRICES_UNTIL, rows: priceRows }],
  },
  {
    key: '6300003027.market_figures',
    theme: '208',
    word: 'gs',
    title: '市场主体分市州行业统计',
    summary: '存续企业户数按市州和行业门类的交叉统计，含合计。户数过小的单元格不公布，并一并隐去可据以反推的单元格。',
    keywords: ['企业', '市场主体', '行业', '统计'],
    items: [
      { name_en: 'stat_on' },
      { name_en: 'prefecture', role: 'category' },
      { name_en: 'industry', role: 'category' },
      { name_en: 'firm_count', role: 'measure', unit: '户' },
    ],
    editions: [{ data_on: '2017-09-30', rows: () => firmRows(FIRMS) }],
  },
]

const conditional: readonly OpenPlan[] = [
  {
    key: '6300003002.key_project',
    theme: '209',
    word: 'fg',
    title: '重点建设项目进展',
    summary: '年度重点建设项目的总投资、年度计划、累计完成投资和形象进度。涉及在建项目，须申请并约定用途后使用。',
    keywords: ['重点项目', '投资', '建设'],
    items: [
      { name_en: 'project_national_code', role: 'key' },
      { name_en: 'project_name', role: 'category' },
      { name_en: 'responsible_unit' },
      { name_en: 'total_investment', role: 'measure', unit: '万元' },
      { name_en: 'year_plan' },
      { name_en: 'done_investment' },
      { name_en: 'progress_text' },
      { name_en: 'started_on' },
      { name_en: 'stat_on' },
    ],
    editions: [{ data_on: '2017-11-30', rows: projectRows }],
  },
  {
    key: '6300003013.vocational_certificate',
    theme: '203',
    word: 'rs',
    title: '职业资格证书核发明细（脱敏）',
    summary:
      '职业资格证书的工种、等级、发证日期和鉴定机构，证书编号已脱敏，不含持证人，供职业教育和用工研究，须申请后使用。',
    keywords: ['职业资格', '技能', '证书'],
    items: [
      { name_en: 'certificate_code', shaping: 'mask', mask_rule: 'certificate' },
      { name_en: 'occupation', role: 'category' },
      { name_en: 'skill_grade' },
      { name_en: 'issued_on' },
      { name_en: 'assessment_body' },
    ],
    editions: [{ data_on: '2017-11-15', rows: certificateRows }],
  },
]

export const OPEN_PLANS: readonly OpenPlan[] = [...places, ...lists, ...conditional]

/** Statistics the platform computes from its own records; their rows are nobody's to write. */
export const FIGURE_PLANS: readonly (Omit<OpenPlan, 'editions'> & { readonly figure: FigureCode })[] = [
  {
    figure: 'catalogue',
    key: '6300003047.catalogue_figures',
    theme: '201',
    word: 'dzzw',
    title: '省级部门政务信息资源目录统计',
    summary:
      '省级各部门已编目发布的政务信息资源数、信息项数和可开放资源数，按共享类型分列，由平台自动统计，有变化即更新。',
    keywords: ['目录', '资源', '统计', '部门'],
    items: [
      { name_en: 'provider_name', role: 'category' },
      { name_en: 'share_type', role: 'category' },
      { name_en: 'resource_count', role: 'measure', unit: '个' },
      { name_en: 'item_count' },
      { name_en: 'openable_count' },
    ],
  },
  {
    figure: 'requests',
    key: '6300003047.request_figures',
    theme: '201',
    word: 'dzzw',
    title: '政务数据共享申请办理统计',
    summary: '部门之间数据共享申请每月的提交、答复、同意件数和平均答复天数，由平台申请记录自动统计。',
    keywords: ['共享', '申请', '办理', '统计'],
    items: [
      { name_en: 'month', role: 'category' },
      { name_en: 'submitted_count', role: 'measure', unit: '项' },
      { name_en: 'decided_count' },
      { name_en: 'granted_count' },
      { name_en: 'average_days' },
    ],
  },
  {
    figure: 'systems',
    key: '6300003047.system_figures',
    theme: '201',
    word: 'dzzw',
    title: '政务信息系统按部门统计',
    summary: '各部门登记在册的政务信息系统数量，由平台系统台账自动统计。',
    keywords: ['信息系统', '整合', '统计'],
    items: [
      { name_en: 'organ_name', role: 'category' },
      { name_en: 'system_count', role: 'measure', unit: '个' },
    ],
  },
  {
    figure: 'openings',
    key: '6300003047.open_figures',
    theme: '201',
    word: 'dzzw',
    title: '公共数据开放统计',
    summary: '已开放数据集按主题和开放类型的数目，由平台发布记录自动统计。',
    keywords: ['开放', '数据集', '统计'],
    items: [
      { name_en: 'theme_title', role: 'category' },
      { name_en: 'open_type', role: 'category' },
      { name_en: 'dataset_count', role: 'measure', unit: '个' },
      { name_en: 'open_item_count' },
    ],
  },
]

/** Entries that are opened with rows, so that nothing opens them in words before. */
export const PLANNED_KEYS: ReadonlySet<string> = new Set([...OPEN_PLANS, ...FIGURE_PLANS].map(({ key }) => key))
