import { ENTRY_KINDS, type EntryKind, OUTCOMES } from '@sanjiang/contract/ledger'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'

const OUTCOME_TONES: Record<string, Tone> = {
  answered: 'good',
  done: 'good',
  refused: 'bad',
  failed: 'wait',
  voided: 'wait',
}

export const outcomeText = (outcome: string | null): string =>
  outcome === null ? '' : (OUTCOMES.titles[outcome as keyof typeof OUTCOMES.titles] ?? outcome)

export const OutcomeTag = ({ outcome }: { outcome: string | null }) =>
  outcome === null ? null : <StateTag tone={OUTCOME_TONES[outcome] ?? 'calm'}>{outcomeText(outcome)}</StateTag>

export const kindText = (kind: EntryKind): string => ENTRY_KINDS.titles[kind]

export const optionsOf = (titles: Readonly<Record<string, string>>): { value: string; label: string }[] =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))

/** The first characters tell digests apart at a glance; the whole stands in the title. */
export const Digest = ({ of }: { of: string | null }) =>
  of && (
    <span className="mono" title={of}>
      {of.slice(0, 12)}…
    </span>
  )

const ROLE_TITLES: Record<string, string> = { gateway: '网关', api: '门户', worker: '后台', exchange: '交换' }

/** The process that writes a log. */
export const roleText = (role: string): string => ROLE_TITLES[role] ?? role
