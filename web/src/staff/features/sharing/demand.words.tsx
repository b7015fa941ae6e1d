import {
  DEMAND_STAGES,
  type Demand,
  type DemandStage,
  DUTY_STATES,
  type Duty,
  TURNS,
  URGENCIES,
} from '@sanjiang/contract/sharing'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'

const STAGE_TONES: Record<DemandStage, Tone> = {
  filed: 'bad',
  assigned: 'wait',
  matched: 'wait',
  picked: 'wait',
  requested: 'info',
  granted: 'info',
  connected: 'info',
  used: 'good',
  effect: 'good',
  withdrawn: 'calm',
}
export const StageTag = ({ stage }: { stage: DemandStage }) => (
  <StateTag tone={STAGE_TONES[stage]}>{DEMAND_STAGES.titles[stage]}</StateTag>
)

const URGENCY_TONES: Record<Demand['urgency'], Tone> = { normal: 'calm', urgent: 'wait', critical: 'bad' }
export const UrgencyTag = ({ urgency }: { urgency: Demand['urgency'] }) => (
  <StateTag tone={URGENCY_TONES[urgency]}>{URGENCIES.titles[urgency]}</StateTag>
)

const DUTY_TONES: Record<Duty['state'], Tone> = { assigned: 'wait', accepted: 'info', refused: 'bad', released: 'calm' }
export const DutyTag = ({ duty }: { duty: Pick<Duty, 'state' | 'is_fulfilled'> }) => (
  <StateTag tone={duty.is_fulfilled ? 'good' : DUTY_TONES[duty.state]}>
    {duty.is_fulfilled ? '已编成' : DUTY_STATES.titles[duty.state]}
  </StateTag>
)

export const turnText = (turn: Demand['turn']): string => (turn === 'nobody' ? '—' : `等${TURNS.titles[turn]}`)

const MET: readonly DemandStage[] = ['used', 'effect', 'withdrawn']

/** Days until it is wanted, in words; silent once it is used. */
export const DaysLeft = ({ demand }: { demand: Pick<Demand, 'days_left' | 'stage' | 'wanted_on'> }) => {
  if (MET.includes(demand.stage)) return <span className="muted">{demand.wanted_on} 前要</span>
  const { days_left } = demand
  const [tone, text]: [Tone, string] =
    days_left < 0 ? ['bad', `过期 ${-days_left} 天`] : [days_left <= 10 ? 'wait' : 'good', `还有 ${days_left} 天`]
  return (
    <span title={`希望 ${demand.wanted_on} 前得到`}>
      <StateTag tone={tone}>{text}</StateTag>
    </span>
  )
}
