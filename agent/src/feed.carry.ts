import type { WantedFeed } from '@sanjiang/contract/exchange.door'
import type { CarriedFile } from './adapters/adapter.ts'
import { type BlobLink, closeAgain, sendFile } from './blob.send.ts'
import type { Border } from './feed.border.ts'
import { persist } from './link.ts'

export interface Carrier {
  readonly feed: WantedFeed
  readonly link: BlobLink
  readonly border: Border
  readonly signal: AbortSignal
}

/** Stands for the content's name while a row is judged that has none yet. */
const UNKNOWN = '0'.repeat(64)

/**
 * Brings a file to the centre before its row goes into the log; null when the row will not pass the border, so that nothing of it leaves.
 * However long the centre is away, it goes on where it was.
 */
export const carrierOf = ({ feed, link, border, signal }: Carrier): ((file: CarriedFile) => Promise<string | null>) => {
  const patient: BlobLink = { ask: (ask) => persist(() => link.ask(ask), { signal }) }
  const sending = { link: patient, feedId: feed.feed_id, signal }
  const items = feed.bindings.map(({ item }) => item)
  return async ({ known, open, lineFor }) => {
    if (!border.wouldPass(lineFor(known ?? UNKNOWN))) return null
    const saidFor = (content: string) => ({ items, line: lineFor(content) })
    if (known !== null && (await closeAgain(sending, known, saidFor(known)))) return known
    return (await sendFile(sending, open, saidFor)).recipe
  }
}
