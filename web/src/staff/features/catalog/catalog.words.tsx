import { RESOURCE_STATES, type ResourceState } from '@sanjiang/contract/catalog'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'

const TONES: Record<ResourceState, Tone> = {
  draft: 'calm',
  dept_review: 'wait',
  platform_review: 'wait',
  published: 'good',
  withdrawn: 'bad',
}

export const ResourceStateTag = ({ state, isRevising }: { state: ResourceState; isRevising?: boolean }) => (
  <StateTag tone={TONES[state]}>
    {RESOURCE_STATES.titles[state]}
    {isRevising && state !== 'published' && '（修订）'}
  </StateTag>
)

export const METHODS: Record<string, string> = {
  api: '接口',
  table: '库表',
  file: '文件',
  push: '推送',
  none: '未挂接',
}

export const methodsText = (methods: readonly string[]): string =>
  methods.length === 0 ? '未挂接' : methods.map((one) => METHODS[one] ?? one).join('、')
