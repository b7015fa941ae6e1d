import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '@sanjiang/contract/exchange.door'
import type { AgentConfig } from './config.ts'

interface Status extends Omit<Report, 'have' | 'wait_seconds'> {
  readonly at: string
  readonly pid: number
  readonly version: string
  readonly name: string
  readonly organ_name: string
  readonly epoch: number
  readonly is_away: boolean
}

const MIB = 2 ** 20
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const linesOf = (status: Status): string[] => {
  const { name, organ_name, version, epoch, at, backlog_bytes, connections, feeds, loads } = status
  return [
    `${organ_name} 前置节点“${name}” 版本 ${version} 纪元 ${epoch}`,
    `${isAlive(status.pid) ? '正在运行' : '没有运行'},最近一次记录 ${at};与平台${status.is_away ? '失去联系' : '联系正常'}`,
    `待上送 ${(backlog_bytes / MIB).toFixed(1)} MiB`,
    ...connections.map((one) => `连接 ${one.name}(${one.kind}):${one.trouble?.message ?? '正常'}`),
    ...feeds.map(
      (one) =>
        `读取 ${one.feed_id}:${one.run_id ? `批次 ${one.run_id} 已读 ${one.rows} 行` : '没有进行中的批次'};${one.trouble?.message ?? '正常'}`,
    ),
    ...loads.map((one) => `装载 ${one.subscription_id}:到第 ${one.offset} 块;${one.trouble?.message ?? '正常'}`),
  ]
}

export const runStatus = async (config: AgentConfig): Promise<number> => {
  const text = await readFile(join(config.state, 'status.json'), 'utf8').catch(() => null)
  if (text === null) {
    console.log('还没有运行过')
    return 1
  }
  const status = JSON.parse(text) as Status
  console.log(linesOf(status).join('\n'))
  return isAlive(status.pid) ? 0 : 1
}
