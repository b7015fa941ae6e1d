const MOST = 5000
const SECOND_MS = 1000

interface Sighting {
  readonly etag: string
  /** Since when, in milliseconds, the page has been as it is. */
  readonly since: number
}

/**
 * Since when pages are as they are. A page is made of many things, so nothing stored says when it changed; but it is known
 * since when this process has drawn the same one. Bounded: of a page long unseen it is as if it had just changed.
 */
export class Sightings {
  readonly #seen = new Map<string, Sighting>()
  readonly #most: number

  constructor(most = MOST) {
    this.#most = most
  }

  /** The date for `Last-Modified`; none where it changed twice in a second, which dates cannot tell apart. */
  since(page: string, etag: string, now: number): string | undefined {
    const known = this.#seen.get(page)
    const second = Math.floor(now / SECOND_MS) * SECOND_MS
    const changed = known && known.since >= second ? known.since + SECOND_MS : second
    const since = known?.etag === etag ? known.since : changed
    this.#seen.delete(page)
    this.#seen.set(page, { etag, since })
    if (this.#seen.size > this.#most) this.#seen.delete(this.#seen.keys().next().value!)
    return since > now ? undefined : new Date(since).toUTCString()
  }
}
