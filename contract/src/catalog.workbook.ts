import * as t from 'typebox'
import { RESOURCE_STATES } from './catalog.resource.ts'
import { SEARCH_FILTERS, SEARCH_ORDERS } from './catalog.search.ts'
import { endpoint } from './endpoint.ts'
import { ById, input } from './values.ts'

const edit = 'catalog.batch.edit' as const

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const LAYOUT = t.Optional(
  t.Unsafe<'full' | 'census'>(t.String({ enum: ['full', 'census'], description: 'full 全部字段；census 普查三十列' })),
)

export const getTemplate = endpoint({
  method: 'GET',
  path: '/catalog/batch-template',
  permission: edit,
  summary: '现行目录标准的填报模板（含下拉选项与示例）',
  response: t.Unknown(),
  produces: XLSX,
})

export const getAnnotated = endpoint({
  method: 'GET',
  path: '/catalog/batches/:id/annotated',
  permission: edit,
  summary: '原文件加上“检查结果”一列，错误单元格标色',
  params: ById,
  response: t.Unknown(),
  /** In the format it came in: .xlsx or .csv. */
  produces: 'application/octet-stream',
})

export const exportResources = endpoint({
  method: 'GET',
  path: '/catalog/resource-workbook',
  permission: 'catalog.resource.read',
  summary: '职责范围内的条目导出为工作簿；原样再导入没有任何变化',
  query: input({
    layout: LAYOUT,
    state: t.Optional(RESOURCE_STATES.schema),
    provider_organ_id: t.Optional(t.String({ pattern: '^\\d{10}$' })),
    q: t.Optional(t.String({ maxLength: 100 })),
  }),
  response: t.Unknown(),
  produces: XLSX,
})

export const exportSearch = endpoint({
  method: 'GET',
  path: '/catalog/search-workbook',
  permission: 'catalog.resource.read',
  summary: '检索结果导出为工作簿（至多 2000 条，只含已发布且本人可见的）',
  query: input({ ...SEARCH_FILTERS, order: t.Optional(SEARCH_ORDERS.schema), layout: LAYOUT }),
  response: t.Unknown(),
  produces: XLSX,
})

export const exportResourceWorkbook = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/workbook',
  permission: 'catalog.resource.read',
  summary: '一个条目导出为工作簿',
  params: ById,
  query: input({ layout: LAYOUT }),
  response: t.Unknown(),
  produces: XLSX,
})
