/** The twelve tamperings (architecture: Ledger), and what else may be wrong with a bundle. */
export const FINDING_KINDS = {
  edit: '条目被改动',
  removal: '记录被删除',
  insertion: '记录被插入',
  swap: '条目被调换',
  renumbering: '条目被重新编号',
  truncation: '末尾被截去',
  fork: '历史分叉',
  rollback: '状态被回退',
  key_change: '签名密钥被更换',
  replay: '以旧充新',
  forged: '检查点系伪造',
  backdated: '时间被倒签',
  malformed: '格式不符',
  damaged: '文件受损',
  unwitnessed: '见证不足',
  gap: '与上次所见之间不相连',
  unverifiable: '无从核验',
  rotation: '密钥已按程序更换',
} as const
export type FindingKind = keyof typeof FINDING_KINDS

export interface Place {
  readonly line?: number
  readonly log_id?: string
  readonly seq?: number
  /** Last of a range that begins at `seq`. */
  readonly to_seq?: number
  readonly checkpoint_no?: number
}

export interface Finding {
  readonly kind: FindingKind
  /** A notice informs; a fault means the bundle does not prove what it should. */
  readonly severity: 'fault' | 'notice'
  readonly where: Place
  readonly expected?: string
  readonly found?: string
  /** Chinese. */
  readonly message: string
}

/** Enough to judge any case; beyond it only the number grows, so a hostile file cannot fill memory. */
const MAX_FINDINGS = 1000
const NOTICES: ReadonlySet<FindingKind> = new Set(['gap', 'unverifiable', 'rotation'])

export type NewFinding = Omit<Finding, 'severity'>

export class Findings {
  readonly list: Finding[] = []
  faults = 0
  /** Those beyond the cap. */
  untold = 0

  add(finding: NewFinding): void {
    const severity = NOTICES.has(finding.kind) ? 'notice' : 'fault'
    if (severity === 'fault') this.faults++
    if (this.list.length >= MAX_FINDINGS) this.untold++
    else this.list.push({ ...finding, severity })
  }

  /** A removal at what turns out to be the end of a log is a truncation; known only when the log ends. */
  retitle(from: NewFinding, to: NewFinding): void {
    const at = this.list.findIndex(
      ({ kind, where }) => kind === from.kind && where.log_id === from.where.log_id && where.seq === from.where.seq,
    )
    if (at >= 0) this.list[at] = { ...to, severity: 'fault' }
  }
}
