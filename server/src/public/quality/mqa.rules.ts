import { hasPlaces } from '@sanjiang/contract/site.file'
import type { QualityFacts } from './quality.rules.ts'

/** The five dimensions of the European Metadata Quality Assessment; 405 points together. */
export const MQA_MOST = {
  findability: 100,
  accessibility: 100,
  interoperability: 110,
  reusability: 75,
  contextuality: 20,
} as const
export type MqaDimension = keyof typeof MQA_MOST

export interface Mqa {
  readonly score: number
  readonly rating: 'excellent' | 'good' | 'sufficient' | 'bad'
  readonly dimensions: Readonly<Record<MqaDimension, number>>
}

type Metric = readonly [dimension: MqaDimension, points: number, isMet: boolean]

const NON_PROPRIETARY = ['csv', 'json', 'jsonl', 'xml', 'ttl', 'geojson', 'parquet']
/** Formats the European file-type table and IANA have names for. */
const IN_VOCABULARY = ['csv', 'xlsx', 'json', 'xml', 'ttl', 'geojson']

/**
 * What our DCAT would be given: files are at addresses of ours that answer, it offends no shape, publisher and rights are always said;
 * our licences are not in the European table, and who does not count that is not honest.
 */
const metricsOf = (facts: QualityFacts): Metric[] => {
  const { content, formats, columns, row_count, data_on } = facts
  const has = (one: readonly string[]): boolean => formats.some((format) => one.includes(format))
  const isReachable = row_count !== null
  const hasFiles = formats.length > 0
  return [
    ['findability', 30, content.keywords.length > 0],
    ['findability', 30, content.theme_title !== ''],
    ['findability', 20, hasPlaces(columns)],
    ['findability', 20, data_on !== null],
    ['accessibility', 50, isReachable],
    ['accessibility', 20, hasFiles],
    ['accessibility', 30, hasFiles],
    ['interoperability', 20, isReachable],
    ['interoperability', 10, isReachable],
    ['interoperability', 10, isReachable && (!hasFiles || has(IN_VOCABULARY))],
    ['interoperability', 20, has(NON_PROPRIETARY)],
    ['interoperability', 20, isReachable],
    ['interoperability', 30, true],
    ['reusability', 20, isReachable],
    ['reusability', 10, false],
    ['reusability', 10, true],
    ['reusability', 5, true],
    ['reusability', 20, content.contact !== ''],
    ['reusability', 10, true],
    ['contextuality', 5, isReachable],
    ['contextuality', 5, hasFiles],
    ['contextuality', 5, true],
    ['contextuality', 5, true],
  ]
}

const RATINGS = [
  ['excellent', 351],
  ['good', 221],
  ['sufficient', 121],
  ['bad', 0],
] as const

export const mqaOf = (facts: QualityFacts): Mqa => {
  const dimensions = { findability: 0, accessibility: 0, interoperability: 0, reusability: 0, contextuality: 0 }
  for (const [dimension, points, isMet] of metricsOf(facts)) if (isMet) dimensions[dimension] += points
  const score = Object.values(dimensions).reduce((sum, one) => sum + one, 0)
  return { score, dimensions, rating: RATINGS.find(([, least]) => score >= least)![0] }
}
