import {
  AGENT_STATES,
  type Agent,
  FEED_STATES,
  type Feed,
  HOLD_REASONS,
  RECONCILIATION_STATES,
  REJECT_STATES,
  type Reconciliation,
  type Reject,
  RUN_STATES,
  type Run,
  SUBSCRIPTION_STATES,
  type Subscription,
  type Trouble,
} from '@sanjiang/contract/exchange'
import { timeText } from '../../../ui/instant.ts'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'
import './exchange.css'

/** Lists of what is under way are read again every few seconds, and not at all while the window is hidden. */
export const LIVE_MS = 3000
export const CALM_MS = 10_000

export const optionsOf = (titles: Readonly<Record<string, string>>): { value: string; label: string }[] =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))

export const countText = (count: number): string => count.toLocaleString('zh-CN')

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export const bytesText = (bytes: number): string => {
  const step = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[step]}`
}

/** A length of time in the one or two units that matter. */
export const spanText = (seconds: number): string => {
  if (seconds < 1) return '不到 1 秒'
  if (seconds < 60) return `${Math.round(seconds)} 秒`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} 分 ${Math.round(seconds % 60)} 秒`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} 小时 ${Math.round((seconds % 3600) / 60)} 分`
  return `${Math.floor(seconds / 86_400)} 天 ${Math.round((seconds % 86_400) / 3600)} 小时`
}

export const lagText = (seconds: number | null): string =>
  seconds === null ? '—' : seconds < 1 ? '没有延迟' : spanText(seconds)

export const rateText = (rows: number | null): string => (rows === null ? '—' : `${countText(Math.round(rows))} 行/秒`)

/** `每 6 小时` from seconds. */
export const intervalText = (seconds: number): string => {
  if (seconds % 86_400 === 0) return `每 ${seconds / 86_400} 天`
  if (seconds % 3600 === 0) return `每 ${seconds / 3600} 小时`
  if (seconds % 60 === 0) return `每 ${seconds / 60} 分钟`
  return `每 ${seconds} 秒`
}

const SUBSCRIPTION_TONES: Record<Subscription['state'], Tone> = {
  active: 'good',
  paused: 'wait',
  faulted: 'bad',
  stopped: 'bad',
  ended: 'calm',
}
export const SubscriptionStateTag = ({ state }: { state: Subscription['state'] }) => (
  <StateTag tone={SUBSCRIPTION_TONES[state]}>{SUBSCRIPTION_STATES.titles[state]}</StateTag>
)

const FEED_TONES: Record<Feed['state'], Tone> = { active: 'good', paused: 'wait', held: 'bad', detached: 'calm' }
export const FeedStateTag = ({ state, hold_reason }: Pick<Feed, 'state' | 'hold_reason'>) => (
  <StateTag tone={FEED_TONES[state]}>
    {FEED_STATES.titles[state]}
    {hold_reason ? `：${HOLD_REASONS.titles[hold_reason]}` : ''}
  </StateTag>
)

const RUN_TONES: Record<Run['state'], Tone> = {
  waiting: 'wait',
  running: 'info',
  finished: 'good',
  failed: 'bad',
  cancelled: 'calm',
}
export const RunStateTag = ({ state }: { state: Run['state'] }) => (
  <StateTag tone={RUN_TONES[state]}>{RUN_STATES.titles[state]}</StateTag>
)

const REJECT_TONES: Record<Reject['state'], Tone> = { open: 'bad', replayed: 'good', dropped: 'calm' }
export const RejectStateTag = ({ state }: { state: Reject['state'] }) => (
  <StateTag tone={REJECT_TONES[state]}>{REJECT_STATES.titles[state]}</StateTag>
)

/** Whether it is there at all comes before what it is allowed to do. */
export const AgentStateTag = ({ state, is_online }: Pick<Agent, 'state' | 'is_online'>) => {
  if (state === 'active') return <StateTag tone={is_online ? 'good' : 'bad'}>{is_online ? '在线' : '失联'}</StateTag>
  return <StateTag tone={state === 'invited' ? 'wait' : 'calm'}>{AGENT_STATES.titles[state]}</StateTag>
}

const RECONCILIATION_TONES: Record<Reconciliation['state'], Tone> = {
  running: 'info',
  equal: 'good',
  repaired: 'good',
  different: 'bad',
  failed: 'bad',
}

/** “一致，证明于 T”, or how many rows differ. */
export const ReconciledTag = ({ of }: { of: Reconciliation | null }) => {
  if (!of) return <span className="muted">尚未对账</span>
  const differing = of.missing + of.surplus + of.changed
  const title = RECONCILIATION_STATES.titles[of.state]
  const words =
    of.proven_at && (of.state === 'equal' || of.state === 'repaired')
      ? `${of.state === 'equal' ? '一致' : '已修复为一致'}，证明于 ${timeText(of.proven_at)}`
      : of.state === 'different'
        ? `不一致：${countText(differing)} 行`
        : title
  return <StateTag tone={RECONCILIATION_TONES[of.state]}>{words}</StateTag>
}

const PARTIES: Record<Trouble['party'], string> = { provider: '提供方', consumer: '使用方', platform: '平台' }

/** Whose fault, in a sentence, since when. */
export const TroubleLine = ({ trouble }: { trouble: Trouble | null }) =>
  trouble && (
    <p className="trouble">
      <b>{PARTIES[trouble.party]}的问题</b>：{trouble.message}
      <span className="muted"> 自 {timeText(trouble.at)}</span>
    </p>
  )
