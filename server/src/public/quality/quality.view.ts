import type { DatasetQuality } from '@sanjiang/contract/site.dataset'
import type { ShelvedDataset } from '../shelf/shelf.store.ts'
import { MQA_MOST, mqaOf } from './mqa.rules.ts'
import { type QualityFacts, qualityOf } from './quality.rules.ts'

const MOST = Object.values(MQA_MOST).reduce((sum, one) => sum + one, 0)
const RATING_TITLES = { excellent: '优', good: '良', sufficient: '及格', bad: '差' } as const

export const factsOf = ({ content, edition, files, delayed_since }: ShelvedDataset): QualityFacts => ({
  content,
  columns: edition?.columns ?? [],
  formats: files.map(({ format }) => format),
  row_count: edition?.row_count ?? null,
  data_on: edition?.data_on ?? null,
  delayed_since,
})

/** What stands on a dataset's page: the score, and why, in plain words. */
export const qualityView = (dataset: ShelvedDataset): DatasetQuality => {
  const facts = factsOf(dataset)
  const { score, level, judgements } = qualityOf(facts, dataset.today)
  const mqa = mqaOf(facts)
  return {
    title: `${level}（${score} 分）`,
    reasons: [
      ...judgements.map(({ text, points, weight }) => ({
        text: weight === 0 ? text : `${text}（${Math.round(points)}/${weight}）`,
        is_good: weight === 0 || points === weight,
      })),
      {
        text: `欧盟元数据质量评估（MQA）${mqa.score}/${MOST}，${RATING_TITLES[mqa.rating]}`,
        is_good: mqa.score >= 221,
      },
    ],
  }
}
