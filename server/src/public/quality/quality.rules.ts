import type { OpenContent } from '@sanjiang/contract/opendata'
import type { SiteColumn } from '@sanjiang/contract/site'
import { updateState } from '../dataset/update.rules.ts'

/** All a dataset is judged by. */
export interface QualityFacts {
  readonly content: OpenContent
  readonly columns: readonly SiteColumn[]
  readonly formats: readonly string[]
  readonly row_count: number | null
  readonly data_on: string | null
  /** Since when the platform has newer data and has not carried it out. */
  readonly delayed_since: string | null
}

export type QualityCriterion = 'timeliness' | 'rows' | 'formats' | 'columns' | 'licence' | 'contact' | 'description'

export interface Judgement {
  readonly criterion: QualityCriterion
  readonly points: number
  /** 0 where it says nothing about the provider: not promised, or the platform's own doing. */
  readonly weight: number
  readonly text: string
}

export interface Quality {
  /** Of a hundred. */
  readonly score: number
  readonly level: 'A' | 'B' | 'C' | 'D'
  readonly judgements: readonly Judgement[]
}

const WEIGHTS: Readonly<Record<QualityCriterion, number>> = {
  timeliness: 25,
  rows: 15,
  formats: 20,
  columns: 15,
  licence: 10,
  contact: 5,
  description: 10,
}

type Rule = (facts: QualityFacts, today: string) => readonly [share: number | null, text: string]

const DAY_MS = 86_400_000
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS

/** As inside (C14): late by half a cycle is late, and nobody is late by a weekend. */
const GRACE_DAYS = 3

const timeliness: Rule = ({ content, data_on, delayed_since }, today) => {
  if (data_on === null) return [null, '还没有数据，不评及时性']
  const { due_on, days_late } = updateState(content.update_cycle, data_on, today)
  if (due_on === null) return [null, '没有承诺更新周期，不评及时性']
  if (days_late === 0) return [1, `按承诺的周期更新，数据截至 ${data_on}`]
  if (delayed_since !== null) return [null, `新数据 ${delayed_since} 已到平台，平台尚未送出：平台的问题，不计入部门`]
  const grace = Math.max(daysBetween(data_on, due_on) / 2, GRACE_DAYS)
  const text = `应于 ${due_on} 更新，已晚 ${days_late} 天`
  return [days_late <= grace ? 0.5 : 0, text]
}

const rows: Rule = ({ row_count }) => {
  if (row_count === null) return [0, '只有说明，没有可取用的数据']
  return row_count > 0 ? [1, `有数据 ${row_count} 行`] : [0, '数据是空的']
}

/** Open formats that a program reads without guessing. */
const OPEN_FORMATS = ['csv', 'json', 'jsonl', 'xml', 'ttl', 'geojson', 'parquet']
const ENOUGH_FORMATS = 3

const formats: Rule = (facts) => {
  if (facts.row_count === null) return [0, '没有可下载的文件']
  if (facts.formats.length === 0) return [null, '文件正在生成：平台的问题，不计入部门']
  const open = facts.formats.filter((one) => OPEN_FORMATS.includes(one))
  if (open.length === 0) return [0.4, '只有表格文件，没有开放的机读格式']
  return [open.length >= ENOUGH_FORMATS ? 1 : 0.75, `开放的机读格式 ${open.length} 种`]
}

const isDescribed = ({ name, title, role, unit }: SiteColumn): boolean =>
  title.trim() !== '' && title.toLowerCase() !== name.toLowerCase() && (role !== 'measure' || unit !== null)

const columns: Rule = (facts) => {
  const all = facts.columns
  if (all.length === 0)
    return facts.content.items.length > 0 ? [0.5, '列出了信息项，还没有数据列'] : [0, '没有说明有哪些列']
  const poor = all.filter((one) => !isDescribed(one)).map(({ title, name }) => title || name)
  if (poor.length === 0) return [1, `${all.length} 列都有中文名称，数值有单位`]
  const listed = poor.slice(0, 4).join('、')
  return [1 - poor.length / all.length, `${poor.length} 列缺名称或单位：${listed}${poor.length > 4 ? '等' : ''}`]
}

const licence: Rule = ({ content }) => {
  if (content.licence === 'conditional') return [0.5, '有条件开放：按协议使用']
  return content.licence ? [1, '许可明确，可以自由使用'] : [0, '没有写明许可']
}

/** A telephone, an address of mail, or one of the short numbers everybody knows, as 12345. */
const REACHABLE = /\d{7,}|@|(?<!\d)(?:1[12]\d{3}|9[56]\d{3,4})(?!\d)/

const contact: Rule = ({ content }) =>
  REACHABLE.test(content.contact) ? [1, '有可以联系的电话或邮箱'] : [0, '没有可以联系的电话或邮箱']

const LEAST_SUMMARY = 30
const LEAST_KEYWORDS = 2

const description: Rule = ({ content }) => {
  const isLong = [...content.summary].length >= LEAST_SUMMARY
  const isTagged = content.keywords.length >= LEAST_KEYWORDS
  const missing = [
    ...(isLong ? [] : [`说明不足 ${LEAST_SUMMARY} 字`]),
    ...(isTagged ? [] : [`关键词少于 ${LEAST_KEYWORDS} 个`]),
  ]
  return [(Number(isLong) + Number(isTagged)) / 2, missing.length === 0 ? '说明和关键词齐全' : missing.join('，')]
}

const RULES: Readonly<Record<QualityCriterion, Rule>> = {
  timeliness,
  rows,
  formats,
  columns,
  licence,
  contact,
  description,
}

const LEVELS = [
  ['A', 85],
  ['B', 70],
  ['C', 50],
  ['D', 0],
] as const

/** How good a dataset is to whoever wants to use it, of a hundred; what nobody promised or what is ours is left out of the sum. */
export const qualityOf = (facts: QualityFacts, today: string): Quality => {
  const judgements = (Object.keys(RULES) as QualityCriterion[]).map((criterion): Judgement => {
    const [share, text] = RULES[criterion](facts, today)
    const weight = share === null ? 0 : WEIGHTS[criterion]
    return { criterion, weight, points: weight * (share ?? 0), text }
  })
  const sum = (read: (one: Judgement) => number): number => judgements.reduce((total, one) => total + read(one), 0)
  const score = Math.round((100 * sum(({ points }) => points)) / sum(({ weight }) => weight))
  const level = LEVELS.find(([, least]) => score >= least)![0]
  return { score, level, judgements }
}
