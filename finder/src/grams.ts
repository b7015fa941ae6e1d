/** Where in an entry a gram stands, as bits; the weight of each is how much a hit there says. */
export const FIELDS = {
  name: { bit: 1, weight: 1, title: '名称' },
  item: { bit: 2, weight: 0.5, title: '信息项' },
  keyword: { bit: 4, weight: 0.8, title: '关键词' },
  summary: { bit: 8, weight: 0.3, title: '摘要' },
  organ: { bit: 16, weight: 0.55, title: '提供部门' },
  place: { bit: 32, weight: 0.9, title: '地区' },
} as const
export type FieldName = keyof typeof FIELDS
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[]

/** The most a gram says in a set of fields. */
export const WEIGHT_OF: Float32Array = Float32Array.from({ length: 64 }, (_, mask) =>
  Math.max(0, ...FIELD_NAMES.filter((name) => mask & FIELDS[name].bit).map((name) => FIELDS[name].weight)),
)

/** A name as a whole, told from what any text may hold by a mark no text has. */
export const organToken = (name: string): string => `o:${name}`
export const placeToken = (name: string): string => `@:${name}`
export const itemToken = (name: string): string => `i:${name}`

/** Entries by number, and which hold which grams: pairs of characters, words of other letters, and whole names. */
export interface Grams {
  /** Entries have numbers below this. */
  readonly size: number
  /** How many there are. */
  readonly count: number
  frequencyOf(gram: string): number
  each(gram: string, visit: (entry: number, mask: number) => void): void
  nameOf(entry: number): string
  /** What decides between equals, the same in every process. */
  idOf(entry: number): string
  /** A number that is less where the id is less, and mostly enough to tell. */
  idHeadOf(entry: number): number
  /** The name without the year and the place it begins with. */
  headOf(entry: number): string
}

/** Rarity: how much it says that a gram is held. */
export const idfOf = ({ count }: Grams, frequency: number): number => Math.log(1 + count / Math.max(1, frequency))

export const maskAt = (grams: Grams, gram: string, wanted: number): number => {
  let found = 0
  grams.each(gram, (entry, mask) => {
    if (entry === wanted) found |= mask
  })
  return found
}
