import type { ApplicationState } from '@sanjiang/contract/opendata'
import type { Tone } from '../../../ui/page-head.tsx'

export const STATE_TONES: Readonly<Record<ApplicationState, Tone>> = {
  received: 'wait',
  incomplete: 'calm',
  accepted: 'wait',
  proposed: 'wait',
  agreement: 'info',
  active: 'good',
  refused: 'bad',
  appealed: 'wait',
  upheld: 'bad',
  expired: 'calm',
  revoked: 'bad',
  lapsed: 'calm',
  closed: 'calm',
}

export const choicesOf = (titles: Readonly<Record<string, string>>): { value: string; label: string }[] =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))

export const sizeOf = (bytes: number): string =>
  bytes < 100_000 ? `${bytes} 字节` : `${(bytes / 1_000_000).toFixed(1)} 兆字节`
