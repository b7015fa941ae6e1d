import { existsSync } from 'node:fs'
import { access, constants, mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Everything an operator can set. This file is the only reader of the environment in the server. */
export interface Config {
  readonly port: number
  readonly gatewayPort: number
  readonly exchangePort: number
  readonly publicPort: number
  /** Where agents reach the exchange from outside, behind its proxy. */
  readonly exchangeUrl: string
  readonly host: string
  readonly dataDir: string
  /** Empty: the embedded PostgreSQL under `dataDir`. */
  readonly databaseUrl: string
  /** Where the public portal's own process reads; it knows no other database. Empty: the embedded one, or no public portal. */
  readonly publicDatabaseUrl: string
  /** The same database as its owner: what migrates it and what the worker publishes into, from the inside out. */
  readonly publishDatabaseUrl: string
  /** Where rows stand before they are released. Empty: the embedded one, or the inside's own database. */
  readonly stageDatabaseUrl: string
  /** Where the world reaches the public portal: what stable addresses in its catalogue begin with. */
  readonly publicUrl: string
  /** Units that one address may ask of the public portal in a minute; 0: without limit. */
  readonly publicRate: number
  /** Who answers for the public portal: what its pages' foot says, part by part. */
  readonly publicImprint: readonly string[]
  readonly demo: boolean
  readonly logLevel: string
  /** Networks (CIDR) that provider addresses may resolve into; the egress door refuses all else. */
  readonly egressAllow: readonly string[]
  /** Networks (CIDR) of reverse proxies whose X-Forwarded-* headers are believed. */
  readonly trustProxy: readonly string[]
  /** Whole months that row leaves of deliveries are kept. */
  readonly rowLeavesMonths: number
  readonly applicantMonths: number
}

export interface ConfigFault {
  readonly setting: string
  readonly message: string
}

/** All faults of the configuration at once, so that nobody has to find them one start at a time. */
export class ConfigFaults extends Error {
  readonly faults: readonly ConfigFault[]
  constructor(faults: readonly ConfigFault[]) {
    super(
      `配置有 ${faults.length} 处错误:\n${faults.map(({ setting, message }) => `  ${setting}: ${message}`).join('\n')}`,
    )
    this.name = 'ConfigFaults'
    this.faults = faults
  }
}

interface Setting {
  readonly fallback: string
  readonly about: string
  /** The fault, or null. */
  check(text: string): string | null
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']
const isPort = (text: string): string | null =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535 ? null : `应为 1–65535 的端口号,而不是“${text}”`
const isUrl = (text: string): string | null =>
  text === '' || (URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol))
    ? null
    : '应为 postgres:// 开头的连接地址'
const isOrigin = (text: string): string | null =>
  text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text)
    ? null
    : '应为 http:// 或 https:// 开头的地址,不带路径,如 https://exchange.example.gov.cn'
const isCidr = (text: string): boolean => /^[0-9a-f.:]+\/\d{1,3}$/i.test(text)
const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)

/** Logs of what was exchanged are kept for six months at least (网络安全法 第二十一条). */
const LEAST_MONTHS = 6
const isRetention = (text: string): string | null =>
  /^\d{1,3}$/.test(text) && Number(text) >= LEAST_MONTHS
    ? null
    : `应为不小于 ${LEAST_MONTHS} 的月数(网络安全法第二十一条)`

const checkCidrs = (text: string): string | null => (listOf(text).every(isCidr) ? null : '应为逗号分隔的 CIDR 网段')

/** Name → default and meaning; the README's table is tested against this. */
export const SETTINGS: Record<string, Setting> = {
  PORT: { fallback: '8080', about: '工作门户与管理接口', check: isPort },
  GATEWAY_PORT: { fallback: '8081', about: '数据网关', check: isPort },
  EXCHANGE_PORT: { fallback: '8082', about: '交换节点接入', check: isPort },
  PUBLIC_PORT: { fallback: '8083', about: '公共开放门户', check: isPort },
  EXCHANGE_URL: {
    fallback: '',
    about: '前置节点和推送接收方访问交换接入的地址(反向代理之外),写入登记说明;空则为 http://HOST:EXCHANGE_PORT',
    check: isOrigin,
  },
  HOST: {
    fallback: '127.0.0.1',
    about: '监听地址;对外服务时设为 0.0.0.0 并置于 TLS 反向代理之后',
    check: (text) => (/^[\w.:-]+$/.test(text) ? null : '应为地址或主机名'),
  },
  DATA_DIR: { fallback: 'data', about: '数据、密钥目录', check: (text) => (text.includes('\0') ? '路径无效' : null) },
  DATABASE_URL: { fallback: '', about: 'PostgreSQL 15–18 的连接地址;空则使用内置数据库', check: isUrl },
  PUBLIC_DATABASE_URL: {
    fallback: '',
    about: '公共开放门户进程自己的库(只读帐号);空则随内置数据库另建一库,用外部数据库而未设则不启动公共门户',
    check: isUrl,
  },
  PUBLISH_DATABASE_URL: {
    fallback: '',
    about: '同一个库的库主帐号:内部由此迁移、发布,只出不进;与 PUBLIC_DATABASE_URL 同设或同空',
    check: isUrl,
  },
  STAGE_DATABASE_URL: {
    fallback: '',
    about: '开放数据的暂存库(库主帐号):待检查、待送出的行;空则随内置数据库另建一库,用外部数据库则放在其 stage 模式',
    check: isUrl,
  },
  PUBLIC_URL: {
    fallback: '',
    about: '公众访问开放门户的地址(反向代理之外),写入目录的永久标识;空则为 http://HOST:PUBLIC_PORT',
    check: isOrigin,
  },
  PUBLIC_RATE: {
    fallback: '600',
    about:
      '开放门户每个来源地址(IPv6 按 /64)每分钟的用量:页面 1,检索 2,每 MiB 再计 1;0 为不限;各进程各计,起 n 个进程时按 n 分',
    check: (text) => (/^\d{1,6}$/.test(text) ? null : '应为 0 至 999999 的整数'),
  },
  PUBLIC_IMPRINT: {
    fallback: '主办：省政府电子政务办公室；运维：省信息中心；服务电话：12345；备案号：待填写',
    about: '开放门户页脚:主办、运维、服务电话、备案号等,以中文或西文分号分隔',
    check: (text) => (text.length <= 500 ? null : '至多 500 字'),
  },
  DEMO: {
    fallback: '1',
    about: '1 载入演示省份并可设定业务日期;0 正式运行',
    check: (text) => (/^[01]$/.test(text) ? null : '只能是 0 或 1'),
  },
  LOG_LEVEL: {
    fallback: 'warn',
    about: '日志级别',
    check: (text) => (LEVELS.includes(text) ? null : `应为 ${LEVELS.join('、')} 之一`),
  },
  EGRESS_ALLOW: {
    fallback: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16',
    about:
      '提供方服务、推送通知与应用展示的链接检查允许落入的网段(CIDR,逗号分隔;不在其内的链接标为未检查);演示模式另许 127.0.0.0/8',
    check: checkCidrs,
  },
  TRUST_PROXY: {
    fallback: '',
    about: '反向代理所在网段(CIDR,逗号分隔);只有来自这里的 X-Forwarded-For、X-Forwarded-Proto 才采信',
    check: checkCidrs,
  },
  ROW_LEAVES_MONTHS: {
    fallback: String(LEAST_MONTHS),
    about: '逐行存证的叶与盐留存几个整月,期满按月删除;不得少于 6',
    check: isRetention,
  },
  APPLICANT_MONTHS: {
    fallback: '6',
    about: '有条件开放申请和提问、纠错、需求办结后,申请人信息和联系方式保存几个整月,期满清空;1 至 120',
    check: (text) => (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 120 ? null : '应为 1 至 120 的整数'),
  },
}

const PREFIX = 'SANJIANG_'
const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

const unknownSettings = (env: NodeJS.ProcessEnv): ConfigFault[] =>
  Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !(name.slice(PREFIX.length) in SETTINGS))
    .map((name) => ({ setting: name, message: '没有这个设置' }))

const samePorts = (values: Record<string, string>): ConfigFault[] => {
  const ports = Object.keys(values).filter((name) => name.endsWith('PORT'))
  return ports.flatMap((name, index) => {
    const twin = ports.slice(0, index).find((other) => values[other] === values[name])
    return twin ? [{ setting: name, message: `与 ${twin} 相同(${values[name]})` }] : []
  })
}

const halfPublic = (values: Record<string, string>): ConfigFault[] =>
  (values.PUBLIC_DATABASE_URL === '') === (values.PUBLISH_DATABASE_URL === '')
    ? []
    : [{ setting: 'PUBLIC_DATABASE_URL', message: '与 PUBLISH_DATABASE_URL 须同设或同空' }]

/** Reads settings, each as `NAME` or `SANJIANG_NAME`; throws `ConfigFaults` with everything that is wrong. */
export const loadConfig = (env: NodeJS.ProcessEnv = process.env): Config => {
  const values: Record<string, string> = {}
  const faults = unknownSettings(env)
  for (const [name, { fallback, check }] of Object.entries(SETTINGS)) {
    const text = env[PREFIX + name] ?? env[name] ?? fallback
    values[name] = text
    const message = check(text)
    if (message) faults.push({ setting: name, message })
  }
  faults.push(...samePorts(values), ...halfPublic(values))
  if (faults.length > 0) throw new ConfigFaults(faults)
  const demo = values.DEMO === '1'
  return Object.freeze({
    port: Number(values.PORT),
    gatewayPort: Number(values.GATEWAY_PORT),
    exchangePort: Number(values.EXCHANGE_PORT),
    publicPort: Number(values.PUBLIC_PORT),
    exchangeUrl:
      values.EXCHANGE_URL! || `http://${values.HOST === '0.0.0.0' ? '127.0.0.1' : values.HOST}:${values.EXCHANGE_PORT}`,
    host: values.HOST!,
    dataDir: resolve(REPOSITORY, values.DATA_DIR!),
    databaseUrl: values.DATABASE_URL!,
    publicDatabaseUrl: values.PUBLIC_DATABASE_URL!,
    publishDatabaseUrl: values.PUBLISH_DATABASE_URL!,
    stageDatabaseUrl: values.STAGE_DATABASE_URL!,
    publicUrl:
      values.PUBLIC_URL! || `http://${values.HOST === '0.0.0.0' ? '127.0.0.1' : values.HOST}:${values.PUBLIC_PORT}`,
    publicRate: Number(values.PUBLIC_RATE),
    publicImprint: Object.freeze(
      values
        .PUBLIC_IMPRINT!.split(/[；;]/)
        .map((one) => one.trim())
        .filter(Boolean),
    ),
    demo,
    logLevel: values.LOG_LEVEL!,
    egressAllow: Object.freeze([...listOf(values.EGRESS_ALLOW!), ...(demo ? ['127.0.0.0/8'] : [])]),
    trustProxy: Object.freeze(listOf(values.TRUST_PROXY!)),
    rowLeavesMonths: Number(values.ROW_LEAVES_MONTHS),
    applicantMonths: Number(values.APPLICANT_MONTHS),
  })
}

const portFault = (setting: string, port: number, host: string): Promise<ConfigFault | null> =>
  new Promise((done) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? `端口 ${port} 已被占用` : `不能监听 ${host}:${port}(${error.code})`
      done({ setting, message: reason })
    })
    probe.listen(port, host, () => probe.close(() => done(null)))
  })

// Node's own recursive mkdir never ends where the file system answers ENOENT for a folder that exists, as /proc does.
const makeFolder = async (dir: string): Promise<void> => {
  const error = await mkdir(dir, { mode: 0o700 }).catch((thrown: NodeJS.ErrnoException) => thrown)
  if (!error || error.code === 'EEXIST') return
  if (error.code !== 'ENOENT' || existsSync(dirname(dir))) throw error
  await makeFolder(dirname(dir))
  await mkdir(dir, { mode: 0o700 })
}

const folderFault = async (dir: string): Promise<ConfigFault | null> => {
  try {
    await makeFolder(dir)
    await access(dir, constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return { setting: 'DATA_DIR', message: `不能写入 ${dir}(${(error as NodeJS.ErrnoException).code})` }
  }
}

/** Faults that only the machine can tell: ports in use, a folder that cannot be written. Reported together. */
export const probeConfig = async (config: Config): Promise<void> => {
  const found = await Promise.all([
    portFault('PORT', config.port, config.host),
    portFault('GATEWAY_PORT', config.gatewayPort, config.host),
    portFault('EXCHANGE_PORT', config.exchangePort, config.host),
    portFault('PUBLIC_PORT', config.publicPort, config.host),
    folderFault(config.dataDir),
  ])
  const faults = found.filter((fault) => fault !== null)
  if (faults.length > 0) throw new ConfigFaults(faults)
}

/** The settings a child role is started with: the parent's, resolved. */
export const toEnvironment = (config: Config): Record<string, string> => ({
  PORT: String(config.port),
  GATEWAY_PORT: String(config.gatewayPort),
  EXCHANGE_PORT: String(config.exchangePort),
  PUBLIC_PORT: String(config.publicPort),
  EXCHANGE_URL: config.exchangeUrl,
  HOST: config.host,
  DATA_DIR: config.dataDir,
  DATABASE_URL: config.databaseUrl,
  PUBLISH_DATABASE_URL: config.publishDatabaseUrl,
  PUBLIC_DATABASE_URL: config.publicDatabaseUrl,
  STAGE_DATABASE_URL: config.stageDatabaseUrl,
  PUBLIC_URL: config.publicUrl,
  PUBLIC_RATE: String(config.publicRate),
  PUBLIC_IMPRINT: config.publicImprint.join('；'),
  DEMO: config.demo ? '1' : '0',
  LOG_LEVEL: config.logLevel,
  EGRESS_ALLOW: config.egressAllow.filter((one) => !(config.demo && one === '127.0.0.0/8')).join(','),
  TRUST_PROXY: config.trustProxy.join(','),
  ROW_LEAVES_MONTHS: String(config.rowLeavesMonths),
  APPLICANT_MONTHS: String(config.applicantMonths),
})
