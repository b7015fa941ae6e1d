import { catalog } from '@sanjiang/contract'
import type { MatchReason } from '@sanjiang/contract/sharing'
import type { Face, ItemMatch, Scored } from './candidate.store.ts'

/** How the catalogue's search met the demand's words, and how far down. */
export interface WordHit {
  readonly resource_id: string
  readonly match: string
  readonly place: number
}

export interface Sought {
  readonly name: string
  readonly items: readonly string[]
  readonly supplier_organ_id: string | null
}

export interface Evidence {
  readonly words: readonly WordHit[]
  readonly items: readonly ItemMatch[]
  /** Items met by synonym or nearly: item asked for → items of the resource. */
  readonly synonyms: ReadonlyMap<string, readonly string[]>
  readonly compiled: ReadonlySet<string>
}

export const MAX_CANDIDATES = 8
const MIN_SCORE = 0.2

/** What a hit of each kind is worth at best; with the items asked for known, words alone say less. */
const WORTH: Record<string, number> = { every: 1, all: 1, code: 1, pinyin: 0.7, partial: 0.6, typo: 0.6 }
/** Of a whole of one: words and items, and the supplier where one is named. */
const BY_ITEMS = 0.5
const BY_SUPPLIER = 0.15
const MATCH_TEXT: Record<string, string> = { partial: '名称与摘要中有部分词', pinyin: '读音相同', typo: '近似' }

const sample = (names: readonly string[]): string =>
  `${names.slice(0, 5).join('、')}${names.length > 5 ? ` 等 ${names.length} 项` : ''}`

const pairsOf = (text: string): Set<string> => {
  const key = catalog.nameKey(text)
  return new Set(Array.from({ length: Math.max(0, key.length - 1) }, (_, at) => key.slice(at, at + 2)))
}

// Items that everybody holds, such as a name and a number, say little: of the entries that hold them the one of like name stands first.
const LIKE_ENOUGH = 0.2
const likenessOf = (wanted: string, name: string): number => {
  const [one, other] = [pairsOf(wanted), pairsOf(name)]
  return [...one].filter((pair) => other.has(pair)).length / Math.max(1, one.size)
}

const wordsOf = (hit: WordHit | undefined, likeness: number): { score: number; reasons: MatchReason[] } => {
  if (!hit && likeness < LIKE_ENOUGH) return { score: 0, reasons: [] }
  if (!hit) return { score: likeness * 0.6, reasons: [{ kind: 'words', text: '名称部分相同' }] }
  const score = Math.max(0.2, (WORTH[hit.match] ?? 0.5) - hit.place * 0.06)
  return { score, reasons: [{ kind: 'words', text: MATCH_TEXT[hit.match] ?? '名称与摘要中有全部词' }] }
}

const itemsOf = (sought: Sought, match: ItemMatch | undefined, near: readonly string[]) => {
  const total = Math.max(1, sought.items.length)
  const same = match?.same ?? []
  const akin = match?.akin ?? []
  const reasons: MatchReason[] = []
  if (same.length > 0) reasons.push({ kind: 'items', text: `${same.length}/${total}：${sample(same)}` })
  if (akin.length > 0) reasons.push({ kind: 'elements', text: sample(akin) })
  if (near.length > 0) reasons.push({ kind: 'synonyms', text: sample(near) })
  const met = same.length + 0.6 * Math.min(akin.length + near.length, total - same.length)
  return { score: Math.min(1, met / total), reasons }
}

const supplierOf = (sought: Sought, face: Face): boolean =>
  sought.supplier_organ_id !== null &&
  (face.provider_organ_id === sought.supplier_organ_id || face.provider_path.includes(`/${sought.supplier_organ_id}/`))

const scoreOf = (sought: Sought, face: Face, evidence: Evidence): Scored => {
  const words = wordsOf(
    evidence.words.find(({ resource_id }) => resource_id === face.resource_id),
    likenessOf(sought.name, face.name),
  )
  const match = evidence.items.find(({ resource_id }) => resource_id === face.resource_id)
  const items = itemsOf(sought, match, evidence.synonyms.get(face.resource_id) ?? [])
  const reasons = [...words.reasons, ...items.reasons]
  const isNamed = sought.supplier_organ_id !== null
  const share = sought.items.length > 0 ? BY_ITEMS : 0
  let score = (words.score * (1 - share) + items.score * share) * (isNamed ? 1 - BY_SUPPLIER : 1)
  if (score > 0 && supplierOf(sought, face)) {
    score += BY_SUPPLIER
    reasons.push({ kind: 'supplier', text: face.provider_name })
  }
  if (evidence.compiled.has(face.resource_id)) {
    score += 0.5
    reasons.push({ kind: 'duty', text: face.name })
  }
  return { resource_id: face.resource_id, score: Math.round(Math.min(1, score) * 1000) / 1000, reasons }
}

/** The best few, each with why; what one entry of the demander's own organ says it need not be asked for. */
export const rankCandidates = (
  sought: Sought & { organ_id: string },
  faces: readonly Face[],
  evidence: Evidence,
): Scored[] =>
  faces
    .filter(({ provider_organ_id }) => provider_organ_id !== sought.organ_id)
    .map((face) => ({ height: face.provider_path.length, ...scoreOf(sought, face, evidence) }))
    .filter(({ score }) => score >= MIN_SCORE)
    // Of equals the higher government's, where the whole is to be had at once.
    .sort((a, b) => b.score - a.score || a.height - b.height || a.resource_id.localeCompare(b.resource_id))
    .slice(0, MAX_CANDIDATES)
    .map(({ height: _, ...scored }) => scored)

/** Whether an entry could be a candidate at all, so that one publication does not match every demand anew. */
export const mayConcern = (
  demand: { name: string; items: readonly string[] },
  entry: { name: string; items: readonly string[] },
): boolean => {
  const held = new Set(entry.items)
  if (demand.items.some((item) => held.has(item))) return true
  const [one, other] = [pairsOf(demand.name), pairsOf(entry.name)]
  const shared = [...one].filter((pair) => other.has(pair)).length
  return shared * 3 >= Math.min(one.size, other.size)
}
