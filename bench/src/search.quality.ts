import { type Judged, judged } from './search.judged.ts'

/** Keys of the entries an engine finds, best first. */
export type Find = (q: string) => readonly string[] | Promise<readonly string[]>

export interface Quality {
  readonly class: string
  readonly half: Judged['half']
  readonly queries: number
  /** Share of the first ten that are of use, of as many as there could be. */
  readonly p10: number
  /** Mean of 1 ÷ the place of the first entry that was wanted. */
  readonly mrr: number
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length)

export const precisionAt10 = ({ grades }: Judged, keys: readonly string[]): number =>
  keys.slice(0, 10).filter((key) => grades.has(key)).length / Math.min(10, grades.size)

export const reciprocalRank = ({ grades }: Judged, keys: readonly string[]): number => {
  const place = keys.findIndex((key) => grades.get(key) === 2)
  return place < 0 ? 0 : 1 / (place + 1)
}

/** How well an engine answers the judged queries, per class and half. */
export const qualityOf = async (find: Find): Promise<Quality[]> => {
  const answers = new Map<Judged, readonly string[]>()
  for (const one of judged) answers.set(one, (await find(one.q)).slice(0, 50))
  return Array.from(
    Map.groupBy(judged, (one) => `${one.class} ${one.half}`).values(),
    (list): Quality => ({
      class: list[0]!.class,
      half: list[0]!.half,
      queries: list.length,
      p10: mean(list.map((one) => precisionAt10(one, answers.get(one)!))),
      mrr: mean(list.map((one) => reciprocalRank(one, answers.get(one)!))),
    }),
  )
}
