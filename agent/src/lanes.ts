/** Runs at most so many at once; the first failure is thrown at the next step. */
export class Lanes {
  readonly #width: number
  readonly #running = new Set<Promise<void>>()
  #failure: unknown = null
  constructor(width: number) {
    this.#width = width
  }
  async run(work: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#width) await Promise.race(this.#running)
    if (this.#failure !== null) throw this.#failure
    const running: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }
  async settle(): Promise<void> {
    await Promise.all(this.#running)
    if (this.#failure !== null) throw this.#failure
  }
}
