import { ConfigFaults, loadConfig, probeConfig, toEnvironment } from '#config'
import { migrate } from '#kernel/migrate.ts'
import { keepPostgres, startPostgres } from '#kernel/postgres.ts'
import { buildStale } from './supervisor/build.ts'
import { loadDemo, loadReference } from './supervisor/demo.ts'
import { keepRole } from './supervisor/keeper.ts'
import { lockFolder } from './supervisor/lock.ts'
import { openPublicDatabase } from './supervisor/public-database.ts'
import { openStageDatabase } from './supervisor/stage-database.ts'

const ROLES = ['api', 'gateway', 'exchange', 'worker'] as const

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** What the public process may know: its own database, where it listens, and nothing of the inside. */
const publicEnvironment = (env: Record<string, string>): Record<string, string> => {
  const known = {
    DATABASE_URL: '',
    STAGE_DATABASE_URL: '',
    PUBLIC_DATABASE_URL: env.PUBLIC_DATABASE_URL!,
    PUBLISH_DATABASE_URL: env.PUBLIC_DATABASE_URL!,
  }
  // Under either spelling: a child inherits what the operator wrote.
  const spelled = Object.entries(known).flatMap(([name, value]) => [
    [name, value] as const,
    [`SANJIANG_${name}`, value] as const,
  ])
  return { ...env, ...Object.fromEntries(spelled) }
}

const openDatabase = async (dataDir: string, given: string) => {
  if (given) return { url: given, stop: async () => undefined }
  const server = await startPostgres({ dir: dataDir })
  const endWatch = keepPostgres({ dir: dataDir }, server, say)
  const stop = async (): Promise<void> => {
    await endWatch()
    await server.stop()
  }
  return { url: server.url('postgres'), stop }
}

/** `npm start`: build what is stale, bring up PostgreSQL, migrate, start the roles and keep them, load the demo. */
const start = async (): Promise<void> => {
  const config = loadConfig()
  await probeConfig(config)
  const unlock = await lockFolder(config.dataDir)
  const closers: (() => Promise<void>)[] = [unlock]
  let isStopping = false
  const stop = async (code: number): Promise<void> => {
    if (isStopping) return
    isStopping = true
    for (const close of closers.reverse()) await close().catch((error: Error) => say(error.message))
    process.exit(code)
  }
  process.on('SIGINT', () => void stop(0))
  process.on('SIGTERM', () => void stop(0))
  process.on('SIGHUP', () => void stop(0))
  try {
    await buildStale(say)
    const database = await openDatabase(config.dataDir, config.databaseUrl)
    closers.push(database.stop)
    await migrate({ adminUrl: database.url, log: (name) => say(`迁移 ${name}`) })
    const publicSide = await openPublicDatabase(config, database.url, say)
    const stageDatabaseUrl = await openStageDatabase(config, database.url)
    if (stageDatabaseUrl === config.databaseUrl)
      say('没有设置 STAGE_DATABASE_URL,开放数据的暂存表放在主库 stage 模式中;由前置节点供数时请另设一库')
    const env = toEnvironment({ ...config, ...publicSide, stageDatabaseUrl, databaseUrl: database.url })
    await loadReference(env, say)
    const keepers = ROLES.map((role) => keepRole(role, env, say))
    if (publicSide.publicDatabaseUrl) keepers.push(keepRole('public', publicEnvironment(env), say))
    else say('没有设置 PUBLIC_DATABASE_URL,公共开放门户不启动')
    closers.push(async () => void (await Promise.all(keepers.map((keeper) => keeper.stop()))))
    await Promise.all(keepers.map((keeper) => keeper.ready))
    say(
      `\n三江已就绪\n  工作门户  http://${config.host}:${config.port}/\n  接口文档  http://${config.host}:${config.port}/api/docs`,
    )
    say(
      `  数据网关  http://${config.host}:${config.gatewayPort}/gateway/v1/\n  交换接入  http://${config.host}:${config.exchangePort}/agent/v1/\n  开放门户  http://${config.host}:${config.publicPort}/\n  数据目录  ${config.dataDir}\n  Ctrl-C 停止`,
    )
    if (config.demo) {
      const demo = ['providers', 'departments'].map((name) => keepRole(name, env, say))
      closers.push(async () => void (await Promise.all(demo.map((one) => one.stop()))), await loadDemo(env, say))
    }
  } catch (error) {
    say(`启动失败: ${(error as Error).message}`)
    await stop(1)
  }
}

start().catch((error: Error) => {
  say(error instanceof ConfigFaults ? error.message : `启动失败: ${error.message}`)
  process.exit(error instanceof ConfigFaults ? 2 : 1)
})
