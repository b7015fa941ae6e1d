import type pg from 'pg'
import type { Spine } from '../shelf/shelf.store.ts'
import { listShelved } from '../shelf/shelf.store.ts'
import type { Site } from '../site.ts'
import { packageOf } from './ckan.package.ts'

/** JSON that is written already: the same package goes out many times. */
export class JsonText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const MOST_CHARACTERS = 24_000_000

/** Packages as JSON, the most recently asked for; an older change number is no longer the same package. */
class Packages {
  readonly #kept = new Map<string, { readonly change_no: number; readonly text: string }>()
  #characters = 0

  get({ dataset_id, change_no }: Spine): string | undefined {
    const kept = this.#kept.get(dataset_id)
    if (!kept || kept.change_no !== change_no) return undefined
    this.#kept.delete(dataset_id)
    this.#kept.set(dataset_id, kept)
    return kept.text
  }

  put(dataset_id: string, change_no: number, text: string): void {
    this.#characters += text.length - (this.#kept.get(dataset_id)?.text.length ?? 0)
    this.#kept.delete(dataset_id)
    this.#kept.set(dataset_id, { change_no, text })
    for (const [oldest, { text: gone }] of this.#kept) {
      if (this.#characters <= MOST_CHARACTERS) break
      this.#kept.delete(oldest)
      this.#characters -= gone.length
    }
  }
}

const kept = new WeakMap<pg.Pool, Packages>()
const packagesOf = (pool: pg.Pool): Packages => {
  const packages = kept.get(pool) ?? new Packages()
  kept.set(pool, packages)
  return packages
}

/** The packages of these datasets in their order; one statement for those not at hand. Withdrawn meanwhile: left out. */
export const packageTexts = async ({ pool, origin }: Site, spines: readonly Spine[]): Promise<string[]> => {
  const packages = packagesOf(pool)
  const texts = new Map<string, string>()
  const missing: string[] = []
  for (const spine of spines) {
    const text = packages.get(spine)
    if (text === undefined) missing.push(spine.dataset_id)
    else texts.set(spine.dataset_id, text)
  }
  for (const dataset of await listShelved(pool, missing)) {
    if (dataset.state !== 'open') continue
    const text = JSON.stringify(packageOf(dataset, origin))
    packages.put(dataset.dataset_id, dataset.change_no, text)
    texts.set(dataset.dataset_id, text)
  }
  return spines.flatMap(({ dataset_id }) => texts.get(dataset_id) ?? [])
}
