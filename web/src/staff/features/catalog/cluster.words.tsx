import { type Cluster, LEAD_STATES, type LeadState } from '@sanjiang/contract/catalog'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'

const TONES: Record<LeadState, Tone> = {
  proposed: 'wait',
  contested: 'bad',
  agreed: 'good',
  dropped: 'calm',
  withdrawn: 'calm',
  reversed: 'calm',
}

export const LeadStateTag = ({ state }: { state: LeadState }) => (
  <StateTag tone={TONES[state]}>{LEAD_STATES.titles[state]}</StateTag>
)

/** Why these are taken for the same. */
export const certaintyText = ({ by_element, by_name, by_synonym }: Cluster): string =>
  [
    by_element > 0 && `同一数据元 ${by_element} 项`,
    by_name > 0 && `同名 ${by_name} 项`,
    by_synonym > 0 && `同义 ${by_synonym} 项`,
  ]
    .filter(Boolean)
    .join('，')
