import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { type Report, type Trust, updatedTrust, type VerifyDeps, verifyBundle } from '@sanjiang/seal'
import { nodeHasher, nodeSignatureCheck } from '@sanjiang/seal/node'
import { readReceipts, readSeen, readTrust, rememberTrust } from './kept.ts'
import { withProgress } from './progress.ts'
import { renderReport } from './report.ts'
import { onePositional, readArgs, UsageFault } from './usage.ts'

export const VERIFY_USAGE = `sanjiang verify FILE --trust TRUST [选项]   离线核验账本导出文件（FILE 为 - 时读标准输入）
  --trust TRUST      信任文件：所信的公钥与上次见到的检查点（sanjiang trust 取得）
  --receipts FILE    使用方留存的回执，逐张与条目核对（可多次给出）
  --seen FILE        更早的信任文件，或留存的检查点，用以发现回退与分叉（可多次给出）
  --period 起..止    所要的时期（UTC 时刻），文件不是该时期即为以旧充新
  --past             文件本就是较早的时期，不因其不含最新检查点而判为回退
  --remember         通过后把最后的检查点记入 TRUST
  --json             以一行 JSON 输出结果`

const OPTIONS = {
  trust: { type: 'string' },
  receipts: { type: 'string', multiple: true },
  seen: { type: 'string', multiple: true },
  period: { type: 'string' },
  past: { type: 'boolean' },
  remember: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

/** Larger than the default 64 KB: fewer turns of the event loop per entry, memory still bounded. */
const CHUNK_BYTES = 262_144

const openFile = async (file: string): Promise<{ stream: Readable; size: number | undefined }> => {
  if (file === '-') return { stream: process.stdin, size: undefined }
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageFault(`不能读取 ${file}（${error.code}）`)
  })
  if (found.isDirectory()) throw new UsageFault(`${file} 是目录`)
  return { stream: createReadStream(file, { highWaterMark: CHUNK_BYTES }), size: found.size }
}

const PERIOD = /^(\d{4}-\d{2}-\d{2}T[\d:.]+Z)\.\.(\d{4}-\d{2}-\d{2}T[\d:.]+Z)$/

const readPeriod = (text: string | undefined): VerifyDeps['period'] => {
  if (text === undefined) return undefined
  const parts = PERIOD.exec(text)
  if (parts === null) throw new UsageFault('--period 应写作 2017-09-01T00:00:00.000Z..2017-10-01T00:00:00.000Z')
  return { from: parts[1] as string, to: parts[2] as string }
}

interface Kept {
  readonly receipts?: readonly string[]
  readonly seen?: readonly string[]
}

const gatherTrust = async (trust: Trust, { receipts = [], seen = [] }: Kept): Promise<Trust> => {
  const held = await Promise.all(receipts.map(readReceipts))
  const others = await Promise.all(seen.map((file) => readSeen(file, trust)))
  return {
    ...trust,
    receipts: [...(trust.receipts ?? []), ...held.flat()],
    also_seen: [...(trust.also_seen ?? []), ...others.flat()],
  }
}

/** Verifies a bundle offline; 0 when nothing is wrong, 1 when something was found. */
export const runVerify = async (args: readonly string[]): Promise<0 | 1> => {
  const { values, positionals } = readArgs(args, OPTIONS)
  const file = onePositional(positionals, 'FILE')
  if (values.trust === undefined) throw new UsageFault('缺少 --trust：没有所信的公钥，什么也证明不了')
  const pinned = await readTrust(values.trust)
  const deps: VerifyDeps = {
    hasherFor: nodeHasher,
    checkSignature: nodeSignatureCheck,
    period: readPeriod(values.period),
    presented_as: values.past ? 'past' : 'current',
  }
  const trust = await gatherTrust(pinned, values)
  const { stream, size } = await openFile(file)
  const report = await verifyBundle(withProgress(stream, size), trust, deps)
  console.log(values.json ? JSON.stringify(report) : renderReport(report))
  if (values.remember && report.ok) await remember(values.trust, { pinned, report })
  return report.ok ? 0 : 1
}

const remember = async (file: string, { pinned, report }: { pinned: Trust; report: Report }): Promise<void> => {
  const updated = updatedTrust(pinned, report)
  if (updated !== pinned) await rememberTrust(file, updated)
}
