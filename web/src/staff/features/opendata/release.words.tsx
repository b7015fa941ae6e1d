import {
  EDITION_STATES,
  type Edition,
  type EditionState,
  RELEASE_STATES,
  type Release,
  type ReleaseState,
} from '@sanjiang/contract/opendata'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'

const TONES: Readonly<Record<ReleaseState, Tone>> = {
  review: 'wait',
  released: 'good',
  rejected: 'bad',
  recalled: 'calm',
  withdrawn: 'calm',
  replaced: 'calm',
}

export const ReleaseStateTag = ({ release: { state, is_sent } }: { readonly release: Release }) => (
  <StateTag tone={TONES[state]}>
    {RELEASE_STATES.titles[state]}
    {state === 'released' && !is_sent && '，待送出'}
  </StateTag>
)

const EDITION_TONES: Readonly<Record<EditionState, Tone>> = {
  uploading: 'wait',
  reading: 'wait',
  refused: 'bad',
  staged: 'info',
  checking: 'wait',
  clean: 'good',
  held: 'bad',
  carried: 'good',
  discarded: 'calm',
}

export const EditionStateTag = ({ state }: Pick<Edition, 'state'>) => (
  <StateTag tone={EDITION_TONES[state]}>{EDITION_STATES.titles[state]}</StateTag>
)

/** Whoever works on it; read again while somebody does. */
export const isMoving = (state: EditionState | undefined): boolean =>
  state === 'uploading' || state === 'reading' || state === 'checking'

export const bytesText = (bytes: number): string =>
  bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`
