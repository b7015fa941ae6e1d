import { setFlagsFromString } from 'node:v8'
import type { AgentConfig } from './config.ts'
import { holdState } from './durable.ts'
import { isFenced } from './link.ts'
import { AgentNode } from './node.ts'

const say = (line: string): void => console.log(`${new Date().toISOString()} ${line}`)

/** Runs until it is told to stop. A fenced copy says so and stays down: restarting it would change nothing. */
export const runNode = async (config: AgentConfig): Promise<number> => {
  // Files and chunks lie outside the heap, which V8 would otherwise mark as a whole for every 40 MiB of them.
  setFlagsFromString('--external-memory-accounted-in-global-limit')
  const held = await holdState(config.state)
  const node = await AgentNode.open(config, say)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => node.stop())
  say('前置节点已启动')
  try {
    await node.run()
    say('前置节点已停止')
    return 0
  } catch (error) {
    if (!isFenced(error)) throw error
    say('本节点的纪元已过期:它是从旧备份恢复的副本,或另有一个副本先登录了。数据不会错乱,但要请平台重新给出口令并登记')
    return 3
  } finally {
    await held.release()
  }
}
