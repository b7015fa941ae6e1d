import { SiteFault } from '../site.ts'

/** How many exports run at a time: each holds a connection for as long as its reader takes. */
export class ExportGate {
  readonly #atOnce: number
  readonly #readers = new Set<string>()

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  /** One of a reader's at a time, some in all; what it gives ends it, once. */
  enter(reader: string): () => void {
    if (this.#readers.has(reader))
      throw new SiteFault(429, 'one_at_a_time', {
        detail: '您的上一个导出还没有结束；也可以下载整份文件，不受此限',
        wait: 30,
      })
    if (this.#readers.size >= this.#atOnce)
      throw new SiteFault(503, 'busy', {
        detail: '同时导出的人太多，请稍后再试；也可以下载整份文件，不受此限',
        wait: 30,
      })
    this.#readers.add(reader)
    return () => void this.#readers.delete(reader)
  }
}
