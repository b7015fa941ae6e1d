import { INQUIRY_OUTCOMES, INQUIRY_STATES, type Inquiry, VISIBILITIES } from '@sanjiang/contract/opendata'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'

export const inquiryStateText = ({ state, outcome, is_refusal_proposed }: Inquiry): string => {
  if (is_refusal_proposed) return '提请不予受理'
  return state === 'answered' && outcome ? INQUIRY_OUTCOMES.titles[outcome] : INQUIRY_STATES.titles[state]
}

const TONES: Record<Inquiry['state'], Tone> = { waiting: 'wait', answered: 'good', refused: 'calm' }

export const InquiryStateTag = ({ inquiry }: { readonly inquiry: Inquiry }) => (
  <StateTag tone={inquiry.is_refusal_proposed ? 'bad' : TONES[inquiry.state]}>{inquiryStateText(inquiry)}</StateTag>
)

const SEEN: Record<Inquiry['visibility'], Tone> = { pending: 'wait', public: 'info', private: 'calm' }

export const VisibilityTag = ({ visibility }: Pick<Inquiry, 'visibility'>) => (
  <StateTag tone={SEEN[visibility]}>{VISIBILITIES.titles[visibility]}</StateTag>
)

export const optionsOf = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))
