import { LICENCES } from '@sanjiang/contract/opendata'
import { CYCLE_WORDS, OPEN_WORDS } from './words.ts'

/** What the filters are called, in their order. */
export const FACET_WORDS: Readonly<Record<string, string>> = {
  organ: '部门',
  theme: '主题',
  open_type: '开放方式',
  format: '格式',
  update_cycle: '更新周期',
  licence: '许可',
  tag: '标签',
}

const FORMAT_WORDS: Readonly<Record<string, string>> = {
  none: '暂无文件',
  csv: 'CSV',
  xlsx: 'Excel (XLSX)',
  json: 'JSON',
  jsonl: 'JSON 行',
  xml: 'XML',
  ttl: 'RDF (Turtle)',
  geojson: 'GeoJSON',
  parquet: 'Parquet',
}
export const formatWord = (format: string): string => FORMAT_WORDS[format] ?? format.toUpperCase()

const VALUE_WORDS: Readonly<Record<string, (code: string) => string | undefined>> = {
  open_type: (code) => (OPEN_WORDS as Readonly<Record<string, string>>)[code],
  update_cycle: (code) => CYCLE_WORDS[code],
  licence: (code) => (LICENCES.titles as Readonly<Record<string, string>>)[code],
  format: formatWord,
  tag: (code) => (code === 'none' ? '没有标签' : code),
}
export const valueWord = (facet: string, code: string): string => VALUE_WORDS[facet]?.(code) ?? code

export const SORT_WORDS = { relevance: '最相关', newest: '最新发布', name: '名称' } as const
