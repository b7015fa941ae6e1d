import type { exchange } from '@sanjiang/contract'
import { AGENT_STATES, FEED_STATES, SUBSCRIPTION_STATES } from '@sanjiang/contract/exchange'
import type { Tone } from '../../../ui/page-head.tsx'

type Answer<E> = E extends { readonly _types?: { out: infer Out } } ? Out : never
export type Lineage = Answer<typeof exchange.getLineage>
export type LineageNode = Lineage['nodes'][number]

export const KINDS: Record<LineageNode['kind'], string> = {
  system: '信息系统',
  source: '源表',
  agent: '前置节点',
  feed: '交换平台',
  service: '接口服务',
  grant: '授权',
  target: '目标',
}

const STATES: Partial<Record<LineageNode['kind'], Record<string, string>>> = {
  source: FEED_STATES.titles,
  feed: FEED_STATES.titles,
  agent: AGENT_STATES.titles,
  target: SUBSCRIPTION_STATES.titles,
}
/** A resource may stand in the catalogue without naming its source system. */
export const titleOf = ({ kind, title }: LineageNode): string => title || (kind === 'system' ? '未登记来源系统' : '—')

export const stateText = ({ kind, state }: LineageNode): string => STATES[kind]?.[state] ?? ''

export const toneOf = ({ state }: LineageNode): Tone => {
  if (state === 'active') return 'good'
  if (state === 'paused' || state === 'invited') return 'wait'
  return state === 'ended' || state === 'detached' ? 'calm' : 'bad'
}

const PAGES: Partial<Record<LineageNode['kind'], string>> = {
  agent: '/exchange/agents',
  feed: '/exchange/feeds',
  grant: '/sharing/grants',
  target: '/exchange/subscriptions',
}
export const pathOf = ({ kind, ref }: LineageNode): string | undefined =>
  ref && PAGES[kind] ? `${PAGES[kind]}/${ref}` : undefined

export interface Placed {
  readonly node: LineageNode
  readonly parent: Placed | undefined
  /** How many steps from the system, and on which line, counted in leaves. */
  readonly depth: number
  readonly line: number
  /** In which order the tree is read from top to bottom. */
  readonly order: number
  readonly items: number
  readonly rows: number | null
}

/** The way is a tree: every node has come from one other. Parents stand in the middle of what comes of them. */
export const placeTree = ({ nodes, edges }: Lineage): { placed: Placed[]; lines: number } => {
  const placed: Placed[] = []
  let lines = 0
  let order = 0
  const visit = (node: LineageNode, parent: Placed | undefined, depth: number): Placed => {
    const edge = edges.find(({ to }) => to === node.node_id)
    const own = { node, parent, depth, line: 0, order: order++, items: edge?.items ?? 0, rows: edge?.rows ?? null }
    placed.push(own)
    const children = edges
      .filter(({ from }) => from === node.node_id)
      .flatMap(({ to }) => nodes.find(({ node_id }) => node_id === to) ?? [])
      .map((child) => visit(child, own, depth + 1))
    own.line = children.length === 0 ? lines++ : ((children[0]?.line ?? 0) + (children.at(-1)?.line ?? 0)) / 2
    return own
  }
  const arrived = new Set(edges.map(({ to }) => to))
  for (const node of nodes) if (!arrived.has(node.node_id)) visit(node, undefined, 0)
  return { placed, lines }
}
