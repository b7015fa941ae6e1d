import { HARVEST_STATES, type HarvestOutcome, type HarvestRun, type HarvestState } from '@sanjiang/contract/catalog'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'

/** A page that shows something under way looks again at this pace. */
export const LIVE_MS = 3000

export const countText = (count: number): string => count.toLocaleString('zh-CN')

const TONES: Record<HarvestState, Tone> = {
  waiting: 'wait',
  running: 'info',
  held: 'wait',
  finished: 'good',
  failed: 'bad',
  cancelled: 'calm',
}

export const RunStateTag = ({ run }: { run: Pick<HarvestRun, 'state' | 'is_cancelling'> }) => (
  <StateTag tone={TONES[run.state]}>
    {run.is_cancelling && run.state === 'running' ? '正在停止' : HARVEST_STATES.titles[run.state]}
  </StateTag>
)

export const isOpen = ({ state }: Pick<HarvestRun, 'state'>): boolean => state === 'waiting' || state === 'running'

/** What the counts bar is made of, best news first. */
export const PARTS: readonly (readonly [HarvestOutcome, keyof HarvestRun])[] = [
  ['same', 'same_count'],
  ['new', 'new_count'],
  ['changed', 'changed_count'],
  ['restored', 'restored_count'],
  ['linked', 'linked_count'],
  ['refused', 'refused_count'],
  ['failed', 'failed_count'],
]
