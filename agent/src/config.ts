import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ADAPTER_KINDS } from '@sanjiang/contract/exchange.terms'
import type { AllowList } from './adapters/adapter.ts'
import { parseText, type Section, type Setting, type TextFault } from './config.text.ts'

export type AdapterKind = (typeof ADAPTER_KINDS.codes)[number]

export interface ConnectionConfig {
  readonly name: string
  readonly kind: AdapterKind
  /** As the adapter reads them; secrets already put in from their files. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly allow: AllowList
}

export interface AgentConfig {
  readonly file: string
  readonly centre: string
  readonly state: string
  /** PEM of the authority that signed the centre's certificate; null: the system's. */
  readonly ca: string | null
  readonly proxy: string | null
  readonly spool: { readonly maxBytes: number; readonly keepFreeBytes: number }
  readonly connections: ReadonlyMap<string, ConnectionConfig>
}

/** Everything that is wrong with the file, at once. */
export class ConfigFaults extends Error {
  readonly faults: readonly TextFault[]
  constructor(file: string, faults: readonly TextFault[]) {
    const lines = [...faults]
      .sort((a, b) => a.line - b.line)
      .map(({ line, message }) => (line > 0 ? `  第 ${line} 行:${message}` : `  ${message}`))
    super(`配置 ${file} 有 ${faults.length} 处错误:\n${lines.join('\n')}`)
    this.name = 'ConfigFaults'
    this.faults = faults
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 }
const MIN_SPOOL = 64 * 2 ** 20

const toBytes = (text: string): number | null => {
  const found = /^(\d+(?:\.\d+)?)\s*([KMGT]?I?B?)$/i.exec(text.trim())
  const unit = found && UNITS[(found[2] as string).toUpperCase().replace(/^([KMGT])B?$/, '$1IB')]
  return unit ? Math.floor(Number(found[1]) * unit) : null
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/

/** Gathers faults while the file is read, so that none hides behind another. */
class Reading {
  readonly faults: TextFault[]
  readonly folder: string
  constructor(file: string, faults: TextFault[]) {
    this.folder = dirname(resolve(file))
    this.faults = faults
  }
  fault(line: number, message: string): void {
    this.faults.push({ line, message })
  }
  path(text: string): string {
    return resolve(this.folder, text)
  }
}

const TOP: Readonly<Record<string, string>> = {
  centre: '',
  state: '/var/lib/sanjiang-agent',
  ca: '',
  proxy: '',
  plain_http: 'no',
  spool_max: '10 GiB',
  spool_keep_free: '1 GiB',
}

const topOf = (section: Section, reading: Reading): Map<string, Setting> => {
  const settings = new Map<string, Setting>()
  for (const setting of section.settings) {
    if (!Object.hasOwn(TOP, setting.name))
      reading.fault(setting.line, `没有“${setting.name}”这个设置;可用:${Object.keys(TOP).join('、')}`)
    else if (settings.has(setting.name)) reading.fault(setting.line, `“${setting.name}”写了两次`)
    else settings.set(setting.name, setting)
  }
  for (const [name, value] of Object.entries(TOP)) if (!settings.has(name)) settings.set(name, { name, value, line: 0 })
  return settings
}

const readCentre = ({ value, line }: Setting, isPlainMeant: boolean, reading: Reading): string => {
  if (value === '') reading.fault(0, '缺少 centre:交换平台的接入地址,如 https://exchange.example.gov.cn')
  else if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    reading.fault(line, `centre 应为 https:// 开头的地址,而不是“${value}”`)
  else {
    const url = new URL(value)
    if (url.protocol === 'http:' && !isPlainMeant && !LOOPBACK.test(url.hostname))
      reading.fault(line, 'centre 应为 https;确在隔离网内用 http 时,另写一行 plain_http = yes')
    return url.origin + url.pathname.replace(/\/+$/, '')
  }
  return ''
}

const readBytes = ({ name, value, line }: Setting, reading: Reading): number => {
  const bytes = toBytes(value)
  if (bytes === null) reading.fault(line, `${name} 应为大小,如 10 GiB,而不是“${value}”`)
  return bytes ?? 0
}

const readCa = async ({ value, line }: Setting, reading: Reading): Promise<string | null> => {
  if (value === '') return null
  const text = await readFile(reading.path(value), 'utf8').catch((error: NodeJS.ErrnoException) => {
    reading.fault(line, `不能读取 ca 文件 ${reading.path(value)}(${error.code})`)
    return null
  })
  if (text !== null && !text.includes('-----BEGIN CERTIFICATE-----')) reading.fault(line, 'ca 应为 PEM 证书文件')
  return text
}

const SECRETS = ['password', 'passphrase', 'token', 'private_key']

/** Reads a secret from a file only its owner can read: a password that others can read is no password. */
const secretFile = async ({ name, value, line }: Setting, reading: Reading): Promise<string | null> => {
  const path = reading.path(value)
  try {
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0) {
      reading.fault(line, `${name} 指的文件 ${path} 别人也能读,请先执行 chmod 600 ${path}`)
      return null
    }
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    reading.fault(line, `不能读取 ${name} 指的文件 ${path}(${(error as NodeJS.ErrnoException).code})`)
    return null
  }
}

const secretOf = (setting: Setting, reading: Reading): Promise<string | null> | string | null => {
  if (setting.name.endsWith('_file')) return secretFile(setting, reading)
  const value = process.env[setting.value]
  if (value === undefined) reading.fault(setting.line, `${setting.name} 指的环境变量 ${setting.value} 没有设置`)
  return value ?? null
}

const isSecretReference = (name: string): boolean =>
  SECRETS.some((one) => name === `${one}_file` || name === `${one}_env`)

const readSettings = async (section: Section, reading: Reading): Promise<Record<string, unknown>> => {
  const settings: Record<string, unknown> = {}
  for (const setting of section.settings) {
    const { name, value, line } = setting
    const key = name.replace(/_(file|env)$/, '')
    const target = isSecretReference(name) ? key : name
    if (target in settings) reading.fault(line, `“${name}”写了两次`)
    else if (SECRETS.includes(name))
      reading.fault(line, `${name} 不写在配置里:请写 ${name}_file = 只有本程序能读的文件,或 ${name}_env = 环境变量名`)
    else if (isSecretReference(name)) settings[key] = await secretOf(setting, reading)
    else if (name === 'port') {
      if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65_535)
        reading.fault(line, `port 应为 1–65535 的端口号,而不是“${value}”`)
      settings[name] = value
    } else settings[name] = value
  }
  return settings
}

const listOf = (text: string): string[] =>
  text
    .split(/[,,、]/)
    .map((one) => one.trim())
    .filter(Boolean)

const readAllow = (section: Section | undefined, reading: Reading): AllowList => {
  const read: Record<string, readonly string[] | '*'> = {}
  const write: string[] = []
  for (const { name, value, line } of section?.settings ?? []) {
    const relation = /^read\s+(.+)$/.exec(name)?.[1]
    if (name === 'write') write.push(...listOf(value))
    else if (relation === undefined)
      reading.fault(line, `允许清单里应为“read 表名 = 列, 列…”(或 *)与“write = 表名…”,而不是“${name}”`)
    else if (Object.hasOwn(read, relation)) reading.fault(line, `允许清单里 ${relation} 写了两次`)
    else if (value === '') reading.fault(line, `允许清单里 ${relation} 没有列;允许全部列写 *`)
    else read[relation] = value === '*' ? '*' : listOf(value)
  }
  return { read, write }
}

const readConnection = async (section: Section, allow: Section | undefined, reading: Reading) => {
  const { kind, ...settings } = await readSettings(section, reading)
  if (section.name === '' || section.name.length > 64)
    reading.fault(section.line, '连接要有名称(64 字以内):[connection 人口库]')
  if (!(ADAPTER_KINDS.codes as readonly unknown[]).includes(kind))
    reading.fault(section.line, `连接“${section.name}”的 kind 应为 ${ADAPTER_KINDS.codes.join('、')} 之一`)
  return { name: section.name, kind: kind as AdapterKind, settings, allow: readAllow(allow, reading) }
}

const readConnections = async (sections: Section[], reading: Reading): Promise<Map<string, ConnectionConfig>> => {
  const connections = new Map<string, ConnectionConfig>()
  const allows = new Map<string, Section>()
  for (const section of sections.filter(({ kind }) => kind === 'allow'))
    if (allows.has(section.name)) reading.fault(section.line, `[allow ${section.name}] 写了两次`)
    else allows.set(section.name, section)
  for (const section of sections) {
    if (section.kind === 'connection') {
      if (connections.has(section.name)) reading.fault(section.line, `连接“${section.name}”写了两次`)
      else connections.set(section.name, await readConnection(section, allows.get(section.name), reading))
    } else if (section.kind !== '' && section.kind !== 'allow')
      reading.fault(section.line, `没有 [${section.kind}] 这种段;可用:[connection 名称]、[allow 名称]`)
  }
  for (const [name, { line }] of allows)
    if (!connections.has(name)) reading.fault(line, `[allow ${name}] 没有对应的连接`)
  return connections
}

const readText = async (file: string, faults: TextFault[]): Promise<string> => {
  try {
    const { mode } = await stat(file)
    // The allow-list is the department's own word: whoever can write the file can widen it.
    if ((mode & 0o022) !== 0) faults.push({ line: 0, message: `别人可以改写此文件,请先执行 chmod 640 ${file}` })
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new ConfigFaults(file, [{ line: 0, message: `不能读取(${(error as NodeJS.ErrnoException).code})` }])
  }
}

/** Reads the one configuration file; throws `ConfigFaults` with everything that is wrong in it. */
export const loadConfig = async (file: string): Promise<AgentConfig> => {
  const faults: TextFault[] = []
  const reading = new Reading(file, faults)
  const { sections, faults: unread } = parseText(await readText(file, faults))
  faults.push(...unread)
  const top = topOf(sections[0] as Section, reading)
  const get = (name: string): Setting => top.get(name) as Setting
  const isPlainMeant = /^(yes|true|1|是)$/i.test(get('plain_http').value)
  const maxBytes = readBytes(get('spool_max'), reading)
  if (maxBytes > 0 && maxBytes < MIN_SPOOL) reading.fault(get('spool_max').line, 'spool_max 至少 64 MiB')
  const proxy = get('proxy').value
  if (proxy !== '' && !/^https?:\/\/[^\s/]+\/?$/.test(proxy))
    reading.fault(get('proxy').line, `proxy 应如 http://10.0.0.1:3128,而不是“${proxy}”`)
  const config: AgentConfig = {
    file: resolve(file),
    centre: readCentre(get('centre'), isPlainMeant, reading),
    state: reading.path(get('state').value),
    ca: await readCa(get('ca'), reading),
    proxy: proxy === '' ? null : proxy,
    spool: { maxBytes, keepFreeBytes: readBytes(get('spool_keep_free'), reading) },
    connections: await readConnections(sections, reading),
  }
  if (faults.length > 0) throw new ConfigFaults(file, faults)
  return config
}
