import { FINDING_KINDS, type Finding, type Place, type Report } from '@sanjiang/seal'

const count = (n: number): string => n.toLocaleString('en-US')

/** Where a finding is, in the words of whoever must look there. */
const placeText = ({ log_id, seq, to_seq, checkpoint_no, line }: Place): string => {
  const numbers =
    seq === undefined ? '' : to_seq === undefined || to_seq === seq ? `第 ${seq} 条` : `第 ${seq}–${to_seq} 条`
  const parts = [
    log_id === undefined ? '' : `日志 ${log_id}`,
    numbers,
    checkpoint_no === undefined ? '' : `检查点 ${checkpoint_no}`,
    line === undefined ? '' : `文件第 ${line} 行`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}

const findingLines = ({ kind, where, message, expected, found, severity }: Finding): string[] => [
  `  ${severity === 'notice' ? '提示·' : ''}${FINDING_KINDS[kind]}  ${placeText(where)}`,
  `    ${message}`,
  ...(expected === undefined ? [] : [`    应为 ${expected}`]),
  ...(found === undefined ? [] : [`    实为 ${found}`]),
]

const summaryLines = (report: Report): string[] => {
  const { counts, checkpoints, receipts, last } = report
  const held = receipts.met + receipts.outside
  return [
    ...(report.demo ? ['  【演示 DEMO】这是演示节点的账本，其密钥与正式节点无关，不作任何证明之用'] : []),
    `  节点 ${report.node_id}，导出于 ${report.produced_at}`,
    `  检查点 ${checkpoints.first_no}–${checkpoints.last_no}，日志 ${count(counts.logs)} 本，条目 ${count(counts.entries)} 条，${count(counts.bytes)} 字节`,
    ...(last === undefined ? [] : [`  最后的检查点 ${last.no}（${last.at}）${last.hash}`]),
    ...(held === 0 ? [] : [`  回执 ${count(receipts.met)} 张已对上，${count(receipts.outside)} 张不在本文件所及`]),
  ]
}

/** The report as people read it. */
export const renderReport = (report: Report): string => {
  const faults = report.findings.filter(({ severity }) => severity === 'fault')
  const notices = report.findings.filter(({ severity }) => severity === 'notice')
  const untold = report.untold > 0 ? [`  另有 ${count(report.untold)} 处，未逐条列出`] : []
  const title = report.ok ? '通过：未发现改动' : `不通过：发现 ${count(faults.length)} 处问题`
  return [title, ...summaryLines(report), ...[...faults, ...notices].flatMap(findingLines), ...untold].join('\n')
}
