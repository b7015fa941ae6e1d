import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Assignment } from '@sanjiang/contract/exchange.door'
import { DOOR } from '@sanjiang/contract/exchange.door'
import { AdapterFault } from './adapters/adapter.ts'
import { adapterOf } from './adapters.ts'
import type { AgentConfig, ConnectionConfig } from './config.ts'
import { canRead, canWrite } from './connections.ts'
import { type AgentKey, type Identity, NotEnrolled, readIdentity, readKey } from './identity.ts'
import { Away, Link, Refused } from './link.ts'
import { freeBytes } from './spool.ts'

export interface Finding {
  readonly level: 'well' | 'note' | 'wrong'
  readonly text: string
}

const well = (text: string): Finding => ({ level: 'well', text })
const note = (text: string): Finding => ({ level: 'note', text })
const wrong = (text: string): Finding => ({ level: 'wrong', text })

const GIB = 2 ** 30

const checkDisk = async ({ state, spool }: AgentConfig): Promise<Finding[]> => {
  try {
    const free = await freeBytes(state)
    const shown = `${(free / GIB).toFixed(1)} GiB`
    if (free < spool.keepFreeBytes)
      return [wrong(`状态目录 ${state} 所在磁盘只剩 ${shown},低于 spool_keep_free:读取会暂停`)]
    if (free < spool.keepFreeBytes + spool.maxBytes)
      return [note(`磁盘余量 ${shown},装不满 spool_max:平台久不可达时会提早暂停读取`)]
    return [well(`磁盘余量 ${shown}`)]
  } catch (error) {
    return [wrong(`不能使用状态目录 ${state}(${(error as NodeJS.ErrnoException).code})`)]
  }
}

const MAX_SKEW = DOOR.clock_skew_seconds

const checkClock = (date: string): Finding[] => {
  const centre = Date.parse(date)
  if (Number.isNaN(centre)) return []
  const skew = Math.round((Date.now() - centre) / 1000)
  if (Math.abs(skew) <= MAX_SKEW / 2) return [well('时钟与平台一致')]
  const said = `本机时钟比平台${skew > 0 ? '快' : '慢'} ${Math.abs(skew)} 秒`
  return [Math.abs(skew) > MAX_SKEW ? wrong(`${said},签到会被拒绝:请校准(chrony 或 ntpd)`) : note(`${said},请校准`)]
}

/** Reaches the centre without changing anything there: asks for a head without a session, and wants to be refused. */
const checkCentre = async (config: AgentConfig, link: Link): Promise<Finding[]> => {
  try {
    const { date } = await link.send({ method: 'GET', path: '/healthz', timeoutMs: 10_000 })
    return [well(`交换平台 ${config.centre} 可达`), ...checkClock(date ?? '')]
  } catch (error) {
    if (error instanceof Away) return [wrong(error.message)]
    if (error instanceof Refused && error.status < 500)
      return [note(`${config.centre} 有应答(${error.status}),但不像交换平台的接入地址:请核对 centre`)]
    return [wrong(`交换平台暂不可用:${(error as Error).message}`)]
  }
}

const FENCED =
  '本节点的纪元已过期:它是从旧备份恢复的副本,或另有一个副本先登录了。请平台重新给出口令,再执行 enrol --again'

const checkSignIn = async (link: Link): Promise<Finding[]> => {
  try {
    await link.signIn()
    const { organ_name, name } = link.identity
    return [well(`已登记为${organ_name}的“${name}”,签到成功,纪元 ${link.epoch}`)]
  } catch (error) {
    if (error instanceof Away) return [note('平台不可达,没有试签到')]
    const { code } = error as Refused
    if (code === 'agent_fenced') return [wrong(FENCED)]
    if (code === 'clock_skew') return [wrong(`签到被拒绝:${(error as Error).message}`)]
    if (code === 'signature_invalid') return [wrong('签到被拒绝:平台登记的公钥与本机密钥不符,本机可能已被重新登记过')]
    return [wrong(`签到被拒绝:${(error as Error).message}`)]
  }
}

const checkTables = async (one: ConnectionConfig, wanted: Assignment): Promise<Finding[]> => {
  const source = await (await adapterOf(one.kind)).openSource(one.settings, one.allow)
  const findings: Finding[] = []
  try {
    for (const relation of Object.keys(one.allow.read)) {
      if (one.kind === 'file') continue
      try {
        const { columns, change_stream } = await source.describe(relation)
        const listed = one.allow.read[relation]
        const missing = Array.isArray(listed)
          ? listed.filter((name) => !columns.some((column) => column.name === name))
          : []
        if (missing.length > 0)
          findings.push(wrong(`连接“${one.name}”的允许清单里,${relation} 没有列 ${missing.join('、')}`))
        const isStreamed = wanted.feeds.some(
          (feed) => feed.mode === 'changes' && feed.connection === one.name && feed.relation === relation,
        )
        if (isStreamed && !change_stream.able)
          findings.push(wrong(`${relation} 要按变更流读取,但做不到:${change_stream.reason}`))
      } catch (error) {
        findings.push(wrong(`连接“${one.name}”的允许清单里,${relation}:${(error as Error).message}`))
      }
    }
  } finally {
    await source.close()
  }
  return findings
}

const checkConnection = async (one: ConnectionConfig, wanted: Assignment): Promise<Finding[]> => {
  if (!canRead(one.allow) && !canWrite(one.allow))
    return [note(`连接“${one.name}”没有 [allow ${one.name}]:什么都不会读,也不会写`)]
  try {
    const findings = canRead(one.allow) ? await checkTables(one, wanted) : []
    if (canWrite(one.allow)) await (await (await adapterOf(one.kind)).openTarget(one.settings, one.allow)).close()
    if (findings.length > 0) return findings
    return [well(`连接“${one.name}”正常,允许清单里的表都在`)]
  } catch (error) {
    const sentence = error instanceof AdapterFault ? error.message : `打不开:${(error as Error).message}`
    return [wrong(`连接“${one.name}”:${sentence}`)]
  }
}

const identityOf = async (config: AgentConfig): Promise<{ key: AgentKey; identity: Identity } | string> => {
  try {
    return { key: await readKey(config.state), identity: await readIdentity(config.state) }
  } catch (error) {
    if (error instanceof NotEnrolled || error instanceof Error) return error.message
    throw error
  }
}

const NOBODY: AgentKey = { publicKey: '', sign: () => '', secret: Buffer.alloc(32) }

const rememberedOf = async ({ state }: AgentConfig): Promise<Assignment> => {
  const text = await readFile(join(state, 'assignment.json'), 'utf8').catch(() => null)
  return text === null ? { version: '', feeds: [], loads: [], questions: [] } : (JSON.parse(text) as Assignment)
}

/** Everything that could keep the agent from working, each in a sentence. `isRunning`: signing in would fence the one that runs. */
export const checkAll = async (config: AgentConfig, isRunning: boolean): Promise<Finding[]> => {
  const found = await identityOf(config)
  const link = typeof found === 'string' ? new Link(config, NOBODY, null) : new Link(config, found.key, found.identity)
  try {
    const centre = await checkCentre(config, link)
    const identity =
      typeof found === 'string'
        ? [wrong(found)]
        : isRunning
          ? [well('节点正在运行,不另行签到;见 sanjiang-agent status')]
          : await checkSignIn(link)
    const wanted = await rememberedOf(config)
    const connections = [...config.connections.values()]
    const seen = await Promise.all(connections.map((one) => checkConnection(one, wanted)))
    const none = connections.length === 0 ? [note('配置里没有 [connection …]:没有可读可写的库')] : []
    return [...(await checkDisk(config)), ...centre, ...identity, ...none, ...seen.flat()]
  } finally {
    await link.close()
  }
}

const MARKS = { well: '✔', note: '!', wrong: '✖' } as const

export const runCheck = async (config: AgentConfig, isRunning: boolean): Promise<number> => {
  const findings = await checkAll(config, isRunning)
  for (const { level, text } of findings) console.log(`${MARKS[level]} ${text}`)
  return findings.some(({ level }) => level === 'wrong') ? 1 : 0
}
