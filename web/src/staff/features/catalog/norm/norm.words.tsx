import { NORM_STATES, type Norm } from '@sanjiang/contract/catalog'
import { StateTag, type Tone } from '../../../../ui/page-head.tsx'

const TONES: Record<Norm['state'], Tone> = { coming: 'info', in_force: 'good', abolished: 'bad' }

export const NormStateTag = ({ state }: Pick<Norm, 'state'>) => (
  <StateTag tone={TONES[state]}>{NORM_STATES.titles[state]}</StateTag>
)
