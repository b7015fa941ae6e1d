import {
  FINDING_KINDS,
  FIXES,
  type Fix,
  PARTIES,
  type Party,
  QUALITY_LEVELS,
  type QualityLevel,
} from '@sanjiang/contract/catalog'
import { Link } from 'react-router'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'

const LEVEL_TONES: Record<QualityLevel, Tone> = { A: 'good', B: 'info', C: 'wait', D: 'bad' }

export const LevelTag = ({ level }: { level: QualityLevel | null }) =>
  level === null ? (
    <span className="muted">未评</span>
  ) : (
    <StateTag tone={LEVEL_TONES[level]}>{QUALITY_LEVELS.titles[level]}</StateTag>
  )

export const PartyTag = ({ party }: { party: Party }) => (
  <StateTag tone={party === 'provider' ? 'wait' : 'calm'}>{PARTIES.titles[party]}</StateTag>
)

const FIX_PATHS: Record<Fix, (id: string) => string> = {
  edit: (id) => `/catalog/resources/${id}`,
  attach: (id) => `/gateway/services/new?resource=${id}`,
  channel: () => '/gateway/services',
  update: () => '/exchange/feeds',
  correction: () => '/sharing/corrections?side=provider',
  drift: () => '/exchange/feeds',
  reference: (id) => `/catalog/resources/${id}#sources`,
  request: () => '/sharing/grants',
}

/** Where a shortcoming is mended. */
export const FixLink = ({ fix, id }: { fix: Fix; id: string }) => (
  <Link to={FIX_PATHS[fix](id)}>{FIXES.titles[fix]}</Link>
)

export const kindOptions = Object.entries(FINDING_KINDS.titles).map(([value, label]) => ({ value, label }))
export const partyOptions = Object.entries(PARTIES.titles).map(([value, label]) => ({ value, label }))

export const ageText = (days: number): string => (days === 0 ? '今天' : `${days} 天`)
