import type { Readable } from 'node:stream'

const TERMINAL_MS = 250
const LINES_MS = 5_000
const MB = 1_048_576

/** Passes a stream's chunks on and says on stderr how far it is: one changing line on a terminal, else one now and then. */
export async function* withProgress(source: Readable, total: number | undefined): AsyncGenerator<Uint8Array> {
  const { isTTY } = process.stderr
  const every = isTTY ? TERMINAL_MS : LINES_MS
  const started = performance.now()
  let told = started
  let done = 0
  const tell = (): void => {
    const seconds = (performance.now() - started) / 1000
    const share = total ? `${Math.floor((done / total) * 100)}%，` : ''
    const text = `已核验 ${share}${Math.floor(done / MB)} MB，每秒 ${(done / MB / Math.max(seconds, 0.001)).toFixed(1)} MB`
    process.stderr.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`)
  }
  for await (const chunk of source) {
    done += chunk.length
    yield chunk
    if (performance.now() - told < every) continue
    told = performance.now()
    tell()
  }
  if (isTTY) process.stderr.write('\r\x1b[K')
}
