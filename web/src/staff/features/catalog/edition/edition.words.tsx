import { EDITION_PHASES, type Edition, type Outcome } from '@sanjiang/contract/catalog'
import { StateTag, type Tone } from '../../../../ui/page-head.tsx'

const TONES: Record<Edition['phase'], Tone> = {
  draft: 'wait',
  scheduled: 'info',
  in_force: 'good',
  superseded: 'calm',
  withdrawn: 'calm',
}

export const PhaseTag = ({ phase }: Pick<Edition, 'phase'>) => (
  <StateTag tone={TONES[phase]}>{EDITION_PHASES.titles[phase]}</StateTag>
)

export const OUTCOME_TONES: Record<Outcome, Tone> = {
  fails: 'bad',
  still_fails: 'calm',
  mended: 'good',
  warned: 'wait',
  passes: 'calm',
}

export const pathOfEdition = ({ id, version }: Pick<Edition, 'id' | 'version'>): string =>
  `/catalog/standard/${id}/${version}`

export const termOf = ({ phase, effective_from, effective_to }: Edition): string =>
  phase === 'draft' || phase === 'withdrawn'
    ? '—'
    : `${effective_from} 起${effective_to ? `，至 ${effective_to}（不含）` : ''}`
