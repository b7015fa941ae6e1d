import { open, readFile, rename } from 'node:fs/promises'
import {
  checkpointHash,
  parseTrust,
  type Receipt,
  readCheckpoint,
  readReceipt,
  SealError,
  type SeenCheckpoint,
  type SignedCheckpoint,
  type Trust,
  verifyCheckpoint,
} from '@sanjiang/seal'
import { nodeHasher, nodeSignatureCheck } from '@sanjiang/seal/node'
import { UsageFault } from './usage.ts'

// What an auditor or a consumer keeps outside the node: trust files, receipts, checkpoints seen.

const MAX_RECEIPTS = 1_000_000

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageFault(`不能读取 ${file}（${(error as NodeJS.ErrnoException).code}）`)
  }
}

const reading = <T>(file: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SealError || error instanceof SyntaxError)) throw error
    throw new UsageFault(`${file}：${error.message}`)
  }
}

export const readTrust = async (file: string): Promise<Trust> => {
  const text = await readText(file)
  return reading(file, () => parseTrust(text))
}

/** Replaces a kept file whole, or leaves it as it was. */
export const replaceFile = async (file: string, text: string): Promise<void> => {
  const draft = `${file}.${process.pid}.new`
  const handle = await open(draft, 'wx', 0o644)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}

/** Keeps what the file said besides; only keys and the checkpoint last seen are new. */
export const rememberTrust = async (file: string, { keys, last_seen }: Trust): Promise<void> => {
  const before = JSON.parse(await readText(file))
  await replaceFile(file, `${JSON.stringify({ ...before, keys, last_seen }, null, 2)}\n`)
}

const parseReceipts = (text: string): unknown[] => {
  try {
    const whole: unknown = JSON.parse(text)
    if (Array.isArray(whole)) return whole
    const held = (whole as { receipts?: unknown }).receipts
    return Array.isArray(held) ? held : [whole]
  } catch {
    return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line)]))
  }
}

const toReceipt = (value: unknown): Receipt => {
  if (typeof value !== 'object' || value === null) throw new UsageFault('回执应为 JSON 对象')
  return readReceipt(value as Record<string, unknown>)
}

/** Receipts as a consumer stored them: a JSON array, one object, or one object a line. */
export const readReceipts = async (file: string): Promise<Receipt[]> => {
  const text = await readText(file)
  return reading(file, () => {
    const values = parseReceipts(text)
    if (values.length > MAX_RECEIPTS) throw new UsageFault(`${file}：一次最多 ${MAX_RECEIPTS} 张回执，请分次核验`)
    return values.map(toReceipt)
  })
}

/** A checkpoint as the node serves it: `body` is the text that was signed. */
export interface ServedCheckpoint {
  readonly body: string
  readonly signatures: SignedCheckpoint['signatures']
}

/** What a served checkpoint pins, once a believed key has signed it. */
export const seenFrom = async ({ body, signatures }: ServedCheckpoint, trust: Trust): Promise<SeenCheckpoint> => {
  const checkpoint = reading('检查点', () => readCheckpoint(JSON.parse(body)))
  const judged = await verifyCheckpoint({ checkpoint, signatures }, trust.keys, nodeSignatureCheck)
  if (!judged.some(({ role, state }) => role === 'node' && (state === 'valid' || state === 'out_of_term')))
    throw new UsageFault(`检查点 ${checkpoint.no} 上没有所信公钥的有效签名，不能用作依据`)
  return {
    no: checkpoint.no,
    at: checkpoint.at,
    hash: checkpointHash(nodeHasher(checkpoint.hash_alg), checkpoint),
  }
}

/** Something seen earlier or by somebody else: an older trust file, or a checkpoint as the node served it. */
export const readSeen = async (file: string, trust: Trust): Promise<SeenCheckpoint[]> => {
  const text = await readText(file)
  const value = reading(file, () => JSON.parse(text) as Partial<ServedCheckpoint>)
  if (typeof value.body === 'string') return [await seenFrom(value as ServedCheckpoint, trust)]
  const other = reading(file, () => parseTrust(text))
  if (other.node_id !== trust.node_id) throw new UsageFault(`${file} 是另一个节点 ${other.node_id} 的信任文件`)
  if (other.last_seen === undefined) throw new UsageFault(`${file} 里没有见过的检查点`)
  return [other.last_seen]
}
