import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { ROW_OUTCOMES, ROW_VERDICTS } from '@sanjiang/contract/exchange'
import { FINDING_KINDS, type Finding, type RowReport, type Trust, verifyBundle, verifyRowFile } from '@sanjiang/seal'
import { nodeHasher, nodeSignatureCheck } from '@sanjiang/seal/node'
import { readTrust } from './kept.ts'
import { renderReport } from './report.ts'
import { onePositional, readArgs, UsageFault } from './usage.ts'

export const ROW_USAGE = `sanjiang verify-row FILE --trust TRUST [选项]   离线核验一行“是否交付过”的证明文件
  --trust TRUST      信任文件：所信的公钥（sanjiang trust 取得）
  --ledger EXPORT    同一时期的账本导出文件：先核验它，再查证明是否列全了这段时间的每一次交付
  --json             以一行 JSON 输出结果`

const OPTIONS = { trust: { type: 'string' }, ledger: { type: 'string' }, json: { type: 'boolean' } } as const
const DEPS = { hasherFor: nodeHasher, checkSignature: nodeSignatureCheck }

interface Sealed {
  readonly at: string
  readonly kind: string
  readonly log_id: string
  readonly seq: number
  readonly body: { readonly subscription_id?: string; readonly grant_id?: string }
}

/** Entries of deliveries in a bundle that has been verified already, and the period it covers. */
const readLedger = async (file: string, { question }: RowReport) => {
  const places: string[] = []
  let period = { from: '', to: '' }
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line.startsWith('{"manifest"')) period = JSON.parse(line).manifest.period
    if (!line.startsWith('{"at"') || !line.includes('"kind":"chunk_delivered"')) continue
    const { at, body, log_id, seq } = JSON.parse(line) as Sealed
    const isOurs = body.subscription_id === question?.subscription_id && body.grant_id === question?.grant_id
    if (question && isOurs && at >= question.from && at < question.to) places.push(`${log_id} 第 ${seq} 条`)
  }
  return { places, period }
}

const fault = (message: string): Finding => ({ kind: 'removal', severity: 'fault', where: {}, message })

/** Whether the proof names every delivery that the ledger holds for the period. */
const findMissing = async (file: string, report: RowReport): Promise<Finding[]> => {
  const { question } = report
  const { places, period } = await readLedger(file, report)
  const named = new Set(report.deliveries.map(({ log_id, log_seq }) => `${log_id} 第 ${log_seq} 条`))
  const missing = places.filter((place) => !named.has(place))
  const isCovered = question !== undefined && period.from <= question.from && period.to >= question.to
  return [
    ...missing.map((place) => fault(`账本里有这一次交付，证明文件没有列出：日志 ${place}`)),
    ...(isCovered ? [] : [fault(`账本导出的是 ${period.from} 至 ${period.to}，不足所问的时期，不能说明列全了`)]),
  ]
}

const checkLedger = async (file: string, trust: Trust, report: RowReport): Promise<RowReport> => {
  const stream = createReadStream(file)
  const bundle = await verifyBundle(stream, trust, { ...DEPS, presented_as: 'past' })
  const found = bundle.ok ? await findMissing(file, report) : [fault(`账本导出本身${renderReport(bundle)}`)]
  return { ...report, ok: report.ok && found.length === 0, findings: [...report.findings, ...found] }
}

const countsOf = ({ deliveries }: RowReport): string =>
  ROW_OUTCOMES.codes
    .map((code) => ({ code, count: deliveries.filter(({ outcome }) => outcome === code).length }))
    .filter(({ count }) => count > 0)
    .map(({ code, count }) => `${ROW_OUTCOMES.titles[code]} ${count} 次`)
    .join('，')

const render = (report: RowReport, hasLedger: boolean): string => {
  const { question, ok, verdict, deliveries, findings } = report
  const asked = question && [
    `  资源 ${question.resource_code}，传输 ${question.subscription_id}`,
    `  键 ${JSON.stringify(question.key)}${question.handle_of === undefined ? '' : `（平台称是 ${JSON.stringify(question.handle_of)} 的行代号，无从核算）`}`,
    ...(question.line === undefined ? [] : [`  整行 ${JSON.stringify(question.line)}`]),
    `  ${question.from} 至 ${question.to}，交付 ${deliveries.length} 次${deliveries.length > 0 ? `：${countsOf(report)}` : ''}`,
  ]
  return [
    ok ? `通过：${ROW_VERDICTS.titles[verdict]}` : `不通过：发现 ${findings.length} 处问题`,
    ...(report.demo ? ['  【演示 DEMO】这是演示节点的证明，不作任何证明之用'] : []),
    ...(asked ?? []),
    ...(hasLedger || !ok ? [] : ['  所列的每一次交付均已核验；是否列全，请加 --ledger 与账本导出对照']),
    ...findings.map(({ kind, message }) => `  ${FINDING_KINDS[kind]}  ${message}`),
  ].join('\n')
}

const readProof = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageFault(`不能读取 ${file}（${(error as NodeJS.ErrnoException).code}）`)
  }
}

/** Verifies a proof of a row offline; 0 when it proves what it says. */
export const runRow = async (args: readonly string[]): Promise<0 | 1> => {
  const { values, positionals } = readArgs(args, OPTIONS)
  const file = onePositional(positionals, 'FILE')
  if (values.trust === undefined) throw new UsageFault('缺少 --trust：没有所信的公钥，什么也证明不了')
  const trust = await readTrust(values.trust)
  const proved = await verifyRowFile(await readProof(file), trust, DEPS)
  const report = values.ledger === undefined ? proved : await checkLedger(values.ledger, trust, proved)
  console.log(values.json ? JSON.stringify(report) : render(report, values.ledger !== undefined))
  return report.ok ? 0 : 1
}
