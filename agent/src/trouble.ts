import type { Trouble } from '@sanjiang/contract/exchange.terms'

export type Party = Trouble['party']

/** Where the work stands still and whose it is: kept since when it began, whatever number of times it is said again. */
export class Standing {
  #trouble: Trouble | null = null
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  get trouble(): Trouble | null {
    return this.#trouble
  }

  stuck(party: Party, code: string, message: string): void {
    if (this.#trouble?.code === code && this.#trouble.message === message) return
    const at = this.#trouble?.code === code ? this.#trouble.at : new Date().toISOString()
    this.#trouble = { code, party, message: message.slice(0, 2000), at }
    this.#onChange()
  }

  /** Clears a trouble of one of these codes, or whatever it is. */
  well(...codes: string[]): void {
    if (this.#trouble === null || (codes.length > 0 && !codes.includes(this.#trouble.code))) return
    this.#trouble = null
    this.#onChange()
  }
}
