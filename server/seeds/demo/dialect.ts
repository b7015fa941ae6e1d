import type { LayerChange } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { draftEdition, saveEdition, startEffect } from '#modules/catalog/index.ts'
import { standard1272 } from '../reference/standard-1272.ts'
import { asOfficer } from './officer.ts'

const code = (enumeration: string, no: number, of: string, title: string): LayerChange => ({
  kind: 'code_added',
  enumeration,
  code: of,
  title,
  external_code: String(no),
  parents: [],
})

const SAMPLE = '省级扩展字段，参照四川目录（【川】字段）'
const field = { kind: 'field_added', max_length: null, enumeration: null, depends: null, note: SAMPLE } as const

/** What a province might add to 1272: the extension fields of domain §1.4, a shorter summary, its own theme. */
const LAYER: readonly LayerChange[] = [
  ...[
    ['person', '自然人'],
    ['enterprise', '企业法人'],
    ['institution', '事业法人'],
    ['social', '社会组织法人'],
    ['government', '行政机关'],
  ].map(([of, title], at) => code('service_object', at + 1, of!, title!)),
  ...[
    ['paper', '纸质'],
    ['electronic', '电子'],
    ['both', '纸质和电子'],
  ].map(([of, title], at) => code('carrier', at + 1, of!, title!)),
  ...[
    ['province', '省'],
    ['prefecture', '市州'],
    ['county', '县'],
    ['township', '乡镇'],
    ['village', '村'],
  ].map(([of, title], at) => code('smallest_unit', at + 1, of!, title!)),
  {
    ...field,
    key: 'extension.service_object',
    title: '服务对象',
    type: 'codes',
    required: 'advised',
    enumeration: 'service_object',
  },
  { ...field, key: 'extension.service_area', title: '服务领域', type: 'text', required: 'no', max_length: 100 },
  {
    ...field,
    key: 'extension.carrier',
    title: '基本载体',
    type: 'code',
    required: 'depends',
    enumeration: 'carrier',
    depends: { field: 'format_category', values: ['electronic_file', 'image'] },
  },
  { ...field, key: 'extension.main_source', title: '主要来源', type: 'text', required: 'no', max_length: 200 },
  {
    ...field,
    key: 'extension.smallest_unit',
    title: '最小分级单元',
    type: 'code',
    required: 'no',
    enumeration: 'smallest_unit',
  },
  { ...field, key: 'extension.contact', title: '共享咨询电话', type: 'text', required: 'advised', max_length: 30 },
  { kind: 'field_tightened', key: 'inner_dept', required: 'advised', note: '便于找到处室' },
  { kind: 'field_tightened', key: 'summary', max_length: 80, note: '列表和手机上看得完' },
  { kind: 'rule_levelled', id: 'C10', level: 'error', note: '以系统名代替资源名的一律退回' },
  { kind: 'class_added', code: '213', title: '三江源生态保护', organ_id: null, note: '青海特色主题' },
  { kind: 'class_added', code: '213001', title: '综合', organ_id: null },
]

/** A dialect drafted and being tried, so that whoever opens the page sees what a change would do before anybody adopts it. */
export const draftDialect = async (ctx: Ctx): Promise<void> => {
  const officer = await asOfficer(ctx, 'dzzw.mulu')
  const standard = standard1272.id
  const known = await ctx.db
    .selectFrom('catalog.standard')
    .select(['version', 'revision'])
    .where('standard_id', '=', standard)
    .where('state', '=', 'draft')
    .executeTakeFirst()
  const version = known?.version ?? (await draftEdition(officer, standard, '')).edition.version
  const params = { standard, version }
  if ((known?.revision ?? 1) === 1)
    await saveEdition(officer, params, {
      revision: 1,
      dialect: '青海扩展',
      note: '按青海目录编制指南（讨论稿）增加省级扩展字段，收紧摘要长度。',
      layer: LAYER,
    })
  await startEffect(officer, params)
}
