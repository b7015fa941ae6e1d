import type { Db } from '#kernel/db.ts'
import { insertDeliveries, type NewDelivery } from './delivery.store.ts'

/** What one answer delivers, written down before it leaves: chunks that come while a statement runs are the next one's. */
export class DeliveryBook {
  readonly #db: Db
  readonly #open: NewDelivery[] = []
  #writing: Promise<void> = Promise.resolve()
  #next: Promise<void> | null = null

  constructor(db: Db) {
    this.#db = db
  }

  /** Resolves when the row is committed. A statement that failed fails all that wait behind it: the answer ends there. */
  enter(row: NewDelivery): Promise<void> {
    this.#open.push(row)
    this.#next ??= this.#writing.then(() => {
      this.#next = null
      this.#writing = insertDeliveries(this.#db, this.#open.splice(0))
      return this.#writing
    })
    return this.#next
  }
}
