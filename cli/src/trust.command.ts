import { existsSync } from 'node:fs'
import { CallFault, makeCall } from '@sanjiang/contract'
import { getCheckpoint, getLatestCheckpoint, getTrust } from '@sanjiang/contract/ledger'
import { parseTrust, type SeenCheckpoint, type Trust } from '@sanjiang/seal'
import { readTrust, replaceFile, type ServedCheckpoint, seenFrom } from './kept.ts'
import { onePositional, readArgs, UsageFault } from './usage.ts'

export const TRUST_USAGE = `sanjiang trust URL [--out TRUST]           取得并固定节点的公钥与最新检查点；已有 TRUST 时只与之对照，不改写
  --out TRUST        信任文件，缺省为 sanjiang-trust.json
  首次取得后，请用电话、公文等另一条途径核对所示公钥指纹`

const OPTIONS = { out: { type: 'string', default: 'sanjiang-trust.json' } } as const

type Caller = ReturnType<typeof makeCall>

const originOf = (text: string): string => {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new UsageFault(`不是网址：${text}`)
  return new URL(text).origin
}

/** Undefined when the node has no such checkpoint. */
const served = async (asking: Promise<unknown>): Promise<ServedCheckpoint | undefined> => {
  try {
    return (await asking) as ServedCheckpoint
  } catch (error) {
    if (error instanceof CallFault && error.problem.status === 404) return undefined
    throw error
  }
}

const pin = async (file: string, call: Caller): Promise<0> => {
  const offered = await call(getTrust, {})
  const trust = parseTrust(JSON.stringify(offered))
  const latest = await served(call(getLatestCheckpoint, {}))
  const seen = latest === undefined ? {} : { last_seen: await seenFrom(latest, trust) }
  await replaceFile(file, `${JSON.stringify({ ...offered, ...seen }, null, 2)}\n`)
  console.log(`已固定节点 ${trust.node_id}${offered.demo ? '【演示 DEMO】' : ''}，写入 ${file}`)
  for (const { key_id, alg, role } of trust.keys) console.log(`  公钥指纹 ${key_id}（${alg}，${role}）`)
  if (seen.last_seen !== undefined) console.log(`  检查点 ${seen.last_seen.no} ${seen.last_seen.hash}`)
  return 0
}

/** The node's own word against what was pinned: its name, its keys, and the checkpoint seen then. */
const compare = async (pinned: Trust, call: Caller): Promise<string[]> => {
  const offered = parseTrust(JSON.stringify(await call(getTrust, {})))
  if (offered.node_id !== pinned.node_id) return [`节点标识由 ${pinned.node_id} 变为 ${offered.node_id}`]
  const known = new Set(pinned.keys.map(({ key_id, public_key }) => `${key_id} ${public_key}`))
  const strange = offered.keys.filter(({ key_id, public_key }) => !known.has(`${key_id} ${public_key}`))
  const faults = strange.map(
    ({ key_id }) => `出现未固定的公钥 ${key_id}：是否由原密钥交接，请导出账本以 sanjiang verify 核验`,
  )
  if (pinned.last_seen === undefined) return faults
  return [...faults, ...(await compareSeen(pinned, pinned.last_seen, call))]
}

const compareSeen = async (pinned: Trust, seen: SeenCheckpoint, call: Caller): Promise<string[]> => {
  const same = await served(call(getCheckpoint, { params: { no: seen.no } }))
  if (same === undefined) return [`节点已没有上次见到的检查点 ${seen.no}：状态被回退`]
  const offered = await seenFrom(same, pinned).catch((error) => error as Error)
  if (offered instanceof Error) return [`检查点 ${seen.no}：${offered.message}`]
  return offered.hash === seen.hash ? [] : [`检查点 ${seen.no} 与上次所见的不同：历史分叉`]
}

/** Pins a node's keys and latest checkpoint, or compares them with those pinned; 1 when they differ. */
export const runTrust = async (args: readonly string[]): Promise<0 | 1> => {
  const { values, positionals } = readArgs(args, OPTIONS)
  const call = makeCall({ origin: originOf(onePositional(positionals, 'URL')) })
  if (!existsSync(values.out)) return pin(values.out, call)
  const faults = await compare(await readTrust(values.out), call)
  if (faults.length === 0) console.log(`节点与 ${values.out} 所固定的一致`)
  for (const fault of faults) console.log(`不一致：${fault}`)
  return faults.length === 0 ? 0 : 1
}
