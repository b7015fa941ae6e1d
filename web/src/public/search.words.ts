import { LICENCES } from '@sanjiang/contract/opendata'
import { FILE_FORMATS, FORMAT_NAMES } from '@sanjiang/contract/site.file'
import { CYCLE_WORDS, OPEN_WORDS } from './words.ts'

/** What the filters are called, in their order. */
export const FACET_WORDS: Readonly<Record<string, string>> = {
  organ: '部门',
  theme: '主题',
  open_type: '开放方式',
  format: '格式',
  update_cycle: '更新周期',
  licence: '许可',
  quality: '质量',
  tag: '标签',
}

const FORMATS: Readonly<Record<string, { readonly title: string }>> = FILE_FORMATS
export const formatWord = (format: string): string =>
  format === 'none' ? '暂无文件' : (FORMATS[format]?.title ?? format.toUpperCase())

/** In the order in which files are offered. */
export const inFormatOrder = (formats: readonly string[]): string[] =>
  formats.toSorted(
    (one, other) =>
      (FORMAT_NAMES as readonly string[]).indexOf(one) - (FORMAT_NAMES as readonly string[]).indexOf(other),
  )

const QUALITY_WORDS: Readonly<Record<string, string>> = { A: 'A 优', B: 'B 良', C: 'C 中', D: 'D 差' }
export const qualityWord = (level: string): string => QUALITY_WORDS[level] ?? level

const VALUE_WORDS: Readonly<Record<string, (code: string) => string | undefined>> = {
  open_type: (code) => (OPEN_WORDS as Readonly<Record<string, string>>)[code],
  update_cycle: (code) => CYCLE_WORDS[code],
  licence: (code) => (LICENCES.titles as Readonly<Record<string, string>>)[code],
  format: formatWord,
  quality: qualityWord,
  tag: (code) => (code === 'none' ? '没有标签' : code),
}
export const valueWord = (facet: string, code: string): string => VALUE_WORDS[facet]?.(code) ?? code

export const SORT_WORDS = { relevance: '最相关', newest: '最新发布', name: '名称' } as const
