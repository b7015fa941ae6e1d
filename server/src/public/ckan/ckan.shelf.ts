import type pg from 'pg'
import type { Spine } from '../shelf/shelf.store.ts'
import { listShelved } from '../shelf/shelf.store.ts'
import { shelfOf } from '../shelf/shelf.ts'
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

/** Packages as JSON, the most recently asked for; an older change number, or another day, is no longer the same package. */
class Packages {
  readonly #kept = new Map<string, { readonly version: string; readonly text: string }>()
  #characters = 0

  get(dataset_id: string, version: string): string | undefined {
    const kept = this.#kept.get(dataset_id)
    if (!kept || kept.version !== version) return undefined
    this.#kept.delete(dataset_id)
    this.#kept.set(dataset_id, kept)
    return kept.text
  }

  put(dataset_id: string, version: string, text: string): void {
    this.#characters += text.length - (this.#kept.get(dataset_id)?.text.length ?? 0)
    this.#kept.delete(dataset_id)
    this.#kept.set(dataset_id, { version, text })
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

const versionOf = (change_no: number, today: string): string => `${change_no} ${today}`

/** The packages of these datasets in their order; one statement for those not at hand. Withdrawn meanwhile: left out. */
export const packageTexts = async (site: Site, spines: readonly Spine[]): Promise<string[]> => {
  const { pool, origin } = site
  const packages = packagesOf(pool)
  const { today } = await shelfOf(site).look()
  const texts = new Map<string, string>()
  const missing: string[] = []
  for (const spine of spines) {
    const text = packages.get(spine.dataset_id, versionOf(spine.change_no, today))
    if (text === undefined) missing.push(spine.dataset_id)
    else texts.set(spine.dataset_id, text)
  }
  for (const dataset of await listShelved(pool, missing)) {
    if (dataset.state !== 'open') continue
    const text = JSON.stringify(packageOf(dataset, origin))
    packages.put(dataset.dataset_id, versionOf(dataset.change_no, dataset.today), text)
    texts.set(dataset.dataset_id, text)
  }
  return spines.flatMap(({ dataset_id }) => texts.get(dataset_id) ?? [])
}
