import { readFile } from 'node:fs/promises'
import type { WantedFeed } from '@sanjiang/contract/exchange.door'
import type { DRIFT_KINDS } from '@sanjiang/contract/exchange.terms'
import type { Column, Relation } from './adapters/adapter.ts'
import { writeDurably } from './durable.ts'

export interface Drift {
  readonly kind: (typeof DRIFT_KINDS.codes)[number]
  readonly item: string | null
  readonly column: string
  readonly was: string
  readonly now: string
}

/** How the relation looked when this version of the feed was first read. */
export interface Shape {
  readonly version: number
  readonly columns: readonly Pick<Column, 'name' | 'source_type'>[]
}

/** A column that stands where another one of the same type stood has been renamed, as far as anyone outside can tell. */
const successorOf = (gone: number, shape: Shape, relation: Relation): string | null => {
  const was = shape.columns[gone]
  const now = relation.columns[gone]
  const isNew = now !== undefined && !shape.columns.some(({ name }) => name === now.name)
  return isNew && now.source_type === was?.source_type ? now.name : null
}

/** What has changed since; bound columns first, since they block. */
export const driftsOf = (shape: Shape, relation: Relation, bindings: WantedFeed['bindings']): Drift[] => {
  const itemOf = new Map(bindings.map(({ item, column }) => [column, item]))
  const renamed = new Set<string>()
  const drifts = shape.columns.flatMap(({ name, source_type }, index): Drift[] => {
    const item = itemOf.get(name) ?? null
    const now = relation.columns.find((one) => one.name === name)
    if (now === undefined) {
      const successor = successorOf(index, shape, relation)
      if (successor !== null) renamed.add(successor)
      return [{ kind: successor === null ? 'dropped' : 'renamed', item, column: name, was: name, now: successor ?? '' }]
    }
    if (now.source_type === source_type) return []
    return [{ kind: 'retyped', item, column: name, was: source_type, now: now.source_type }]
  })
  const added = relation.columns
    .filter(({ name }) => !renamed.has(name) && !shape.columns.some((one) => one.name === name))
    .map(({ name, source_type }): Drift => ({ kind: 'added', item: null, column: name, was: '', now: source_type }))
  return [...drifts, ...added].sort((a, b) => Number(a.item === null) - Number(b.item === null))
}

/** Only what the feed reads stands in its way. */
export const blocksReading = ({ item, kind }: Drift): boolean => item !== null && kind !== 'added'

const WORDS: Readonly<Record<Drift['kind'], (one: Drift) => string>> = {
  dropped: ({ column }) => `字段 ${column} 不见了`,
  renamed: ({ column, now }) => `字段 ${column} 似已改名为 ${now}`,
  retyped: ({ column, was, now }) => `字段 ${column} 的类型由 ${was} 变为 ${now}`,
  added: ({ column }) => `新增字段 ${column}`,
}

export const sayDrifts = (relation: string, drifts: readonly Drift[]): string =>
  `源表 ${relation} 的结构变了:${drifts.map((one) => WORDS[one.kind](one)).join(';')}。读取暂停,等待提供方处理`

/** Reads the remembered shape; takes the present one when there is none for this version of the feed. */
export const rememberedShape = async (file: string, version: number, relation: Relation): Promise<Shape> => {
  const text = await readFile(file, 'utf8').catch(() => null)
  const known = text === null ? null : (JSON.parse(text) as Shape)
  if (known?.version === version) return known
  const shape = { version, columns: relation.columns.map(({ name, source_type }) => ({ name, source_type })) }
  await writeDurably(file, JSON.stringify(shape))
  return shape
}

/** Bound columns the relation does not have, for a shape taken after they went. */
export const missingColumns = (relation: Relation, bindings: WantedFeed['bindings']): Drift[] =>
  bindings
    .filter(({ column }) => !relation.columns.some(({ name }) => name === column))
    .map(({ item, column }) => ({ kind: 'dropped', item, column, was: column, now: '' }))
