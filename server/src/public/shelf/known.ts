import { isAlive, putSynonyms, removeEntry, removeOrgan } from '@sanjiang/finder/search.index'
import type pg from 'pg'
import { type DatasetIndex, makeDatasetIndex, type OrganNames, putDataset } from '../search.shape.ts'
import { listChangeNos, listDatasets, type Mark, type ReadDataset, readVocabulary, type Spine } from './shelf.store.ts'

/** What one process knows: every dataset in short, and the index that finds those that are open. */
export interface Known {
  readonly index: DatasetIndex
  readonly organs: ReadonlyMap<string, OrganNames>
  readonly spines: Map<string, Spine>
  mark: Mark
}

const BATCH = 250
const MAX_DEAD = 1_000

/** Takes out of the index what stood there under this dataset. */
const forget = ({ index, spines }: Known, id: string): void => {
  const spine = spines.get(id)
  if (spine?.state === 'open') removeEntry(index, spine.slug)
  spines.delete(id)
}

/** Organs of which nothing is open any more are known no longer either. */
const forgetOrgans = ({ index }: Known): void => {
  for (const organ of [...index.organs.keys()]) {
    const provider = index.values.organ.find(organ)
    const isHere = provider !== undefined && index.provided.some(provider, (entry) => isAlive(index, entry))
    if (!isHere) removeOrgan(index, organ)
  }
}

const take = (known: Known, dataset: ReadDataset): void => {
  const { index, organs, spines } = known
  const { dataset_id, slug, state } = dataset.spine
  const before = spines.get(dataset_id)
  if (before && (before.slug !== slug || state !== 'open')) forget(known, dataset_id)
  if (state === 'open') putDataset(index, dataset, organs)
  spines.set(dataset_id, dataset.spine)
}

/** Reads what has changed; what is no longer there goes first. */
export const takeChanges = async (pool: pg.Pool, known: Known, mark: Mark): Promise<void> => {
  const { spines } = known
  const current = await listChangeNos(pool)
  for (const id of spines.keys()) if (!current.has(id)) forget(known, id)
  const changed = [...current].filter(([id, no]) => spines.get(id)?.change_no !== no).map(([id]) => id)
  for (let at = 0; at < changed.length; at += BATCH)
    for (const dataset of await listDatasets(pool, changed.slice(at, at + BATCH))) take(known, dataset)
  forgetOrgans(known)
  known.mark = mark
}

export const loadKnown = async (pool: pg.Pool, mark: Mark): Promise<Known> => {
  const { synonyms, organs } = await readVocabulary(pool)
  const index = makeDatasetIndex()
  putSynonyms(
    index,
    synonyms.map((words) => [...words]),
  )
  const known: Known = { index, organs: new Map(organs.map((one) => [one.name, one])), spines: new Map(), mark }
  await takeChanges(pool, known, mark)
  return known
}

/** Whether so much of the index is of what is no more that it is better made anew. */
export const isWorn = ({ index: { dead, numbers } }: Known): boolean => dead > MAX_DEAD && dead > numbers.size
