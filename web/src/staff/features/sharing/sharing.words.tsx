import {
  CONDITION_OPS,
  GRANT_STATES,
  type Grant,
  ITEM_STATES,
  QUOTA_PERIODS,
  REQUEST_STATES,
  type RequestItem,
  type RequestState,
  type RowCondition,
} from '@sanjiang/contract/sharing'
import type { Tone } from '../../../ui/page-head.tsx'
import { StateTag } from '../../../ui/page-head.tsx'

const REQUEST_TONES: Record<RequestState, Tone> = {
  draft: 'calm',
  submitted: 'wait',
  granted: 'good',
  partly_granted: 'info',
  refused: 'bad',
  negotiating: 'wait',
  coordinating: 'wait',
  withdrawn: 'calm',
}
export const RequestStateTag = ({ state }: { state: RequestState }) => (
  <StateTag tone={REQUEST_TONES[state]}>{REQUEST_STATES.titles[state]}</StateTag>
)

const ITEM_TONES: Record<RequestItem['state'], Tone> = {
  asked: 'calm',
  pending: 'wait',
  granted: 'good',
  refused: 'bad',
  withdrawn: 'calm',
}
export const ItemStateTag = ({ state }: { state: RequestItem['state'] }) => (
  <StateTag tone={ITEM_TONES[state]}>{ITEM_STATES.titles[state]}</StateTag>
)

const GRANT_TONES: Record<Grant['state'], Tone> = { active: 'good', upcoming: 'info', expired: 'calm', revoked: 'bad' }
export const GrantStateTag = ({ state }: { state: Grant['state'] }) => (
  <StateTag tone={GRANT_TONES[state]}>{GRANT_STATES.titles[state]}</StateTag>
)

const SHARE_TYPES: Record<string, { title: string; tone: Tone }> = {
  unconditional: { title: '无条件共享', tone: 'good' },
  conditional: { title: '有条件共享', tone: 'wait' },
  withheld: { title: '不予共享', tone: 'bad' },
}
export const ShareTypeTag = ({ type }: { type: string }) => (
  <StateTag tone={SHARE_TYPES[type]?.tone ?? 'calm'}>{SHARE_TYPES[type]?.title ?? type}</StateTag>
)

export const quotaText = ({
  count,
  period,
}: {
  count: number | null
  period: keyof typeof QUOTA_PERIODS.titles
}): string => (count === null ? '不限次数' : `${QUOTA_PERIODS.titles[period]} ${count.toLocaleString('zh-CN')} 次`)

export const conditionText = ({ item, op, values }: RowCondition, nameOf: (item: string) => string): string =>
  op === 'range'
    ? `${nameOf(item)} 介于 ${values[0]} 与 ${values[1]} 之间`
    : `${nameOf(item)} ${CONDITION_OPS.titles[op]} ${values.join('、')}`

export const RowConditions = ({
  of,
  nameOf = (item) => item,
}: {
  of: readonly RowCondition[]
  nameOf?: (item: string) => string
}) =>
  of.length === 0 ? (
    <>全部记录</>
  ) : (
    <ul className="plain">
      {of.map((condition) => (
        <li key={JSON.stringify(condition)}>{conditionText(condition, nameOf)}</li>
      ))}
    </ul>
  )

export const optionsOf = (titles: Readonly<Record<string, string>>): { value: string; label: string }[] =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))
