import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Archetypes are written by hand in `archetypes/*.txt`, four lines each, so that somebody who knows a department can read and correct
 * its list without knowing the program. A line starts with what it is:
 *
 *   `@ 010 民政 | condition | topic`      organ number (domain §8.1), default sharing condition, topic word
 *   `# name | key | levels | share | cycle | format:type | inner department | source system | rows (10,000, whole province)`
 *       levels: P province, C prefecture, X county, each optionally `@code,code`; Y: one entry per year
 *       share:  u open · u~ open on conditions · u- not open · c conditional · w:basis withheld
 *   `> summary`   `{地}` stands for the region     `= items`     `? condition`     `! class code`
 *
 * An item is a name of `dictionary.txt`, or `name:english:type and length[:sensitivity[:mask[:legal basis]]]`; `*` marks the key.
 */
export type Sensitivity = 'L1' | 'L2' | 'L3' | 'L4'

export interface ArchetypeItem {
  name: string
  name_en: string
  data_type: string
  length: number
  is_key: boolean
  /** null: by the resource's share type. */
  sensitivity: Sensitivity | null
  mask_rule: string
  data_element: string | null
  basis_key: string | null
}

export type ArchetypeShare = 'open' | 'open_conditional' | 'unopened' | 'conditional' | 'withheld'
export type ArchetypeLevel = 'P' | 'C' | 'X'

export interface Archetype {
  key: string
  organ_seq: string
  topic: string
  name: string
  /** Level → the divisions it is restricted to, or null for all. */
  levels: ReadonlyMap<ArchetypeLevel, ReadonlySet<string> | null>
  is_series: boolean
  share: ArchetypeShare
  basis_key: string | null
  condition: string
  update_cycle: string
  format_category: string
  format_type: string
  inner_dept: string
  source_system_name: string | null
  rows_10k: number
  class_code: string | null
  summary: string
  items: ArchetypeItem[]
}

const SHARES: Readonly<Record<string, ArchetypeShare>> = {
  u: 'open',
  'u~': 'open_conditional',
  'u-': 'unopened',
  c: 'conditional',
  w: 'withheld',
}

type Dictionary = ReadonlyMap<string, ArchetypeItem>

const typeOf = (text: string): { data_type: string; length: number } => {
  const match = /^([CNYDTLMGBIF])(\d+)$/.exec(text)
  if (!match) throw new Error(`data type ${text} is not a letter and a length`)
  return { data_type: match[1] as string, length: Number(match[2]) }
}

export const parseDictionary = (text: string): Dictionary => {
  const dictionary = new Map<string, ArchetypeItem>()
  for (const line of text.split('\n')) {
    if (!line || line.startsWith('#')) continue
    const [name = '', name_en = '', type = '', sensitivity, mask_rule = 'none', last = '-'] = line.split(' ')
    if (dictionary.has(name)) throw new Error(`dictionary has ${name} twice`)
    dictionary.set(name, {
      name,
      name_en,
      ...typeOf(type),
      is_key: false,
      sensitivity: sensitivity as Sensitivity,
      mask_rule,
      data_element: last === '-' || last.startsWith('!') ? null : last.replaceAll('_', ' '),
      basis_key: last.startsWith('!') ? last.slice(1) : null,
    })
  }
  return dictionary
}

const itemOf = (dictionary: Dictionary, word: string): ArchetypeItem => {
  const is_key = /^[^:]*\*/.test(word)
  const [name = '', name_en, type, sensitivity, mask_rule, basis_key] = word.replace('*', '').split(':')
  const known = dictionary.get(name)
  if (!name_en || !type) {
    if (!known) throw new Error(`item ${name} is neither in the dictionary nor described`)
    return { ...known, is_key }
  }
  return {
    name,
    name_en,
    ...typeOf(type),
    is_key,
    sensitivity: (sensitivity as Sensitivity | undefined) ?? null,
    mask_rule: mask_rule ?? 'none',
    data_element: null,
    basis_key: basis_key ?? null,
  }
}

const levelsOf = (text: string): Archetype['levels'] => {
  const levels = new Map<ArchetypeLevel, Set<string> | null>()
  let restricted: Set<string> | null = null
  for (const word of text.replace('Y', '').split(',')) {
    if (/^\d{6}$/.test(word)) {
      restricted?.add(word)
      continue
    }
    const [letters = '', code] = word.split('@')
    restricted = code ? new Set([code]) : null
    for (const letter of letters) levels.set(letter as ArchetypeLevel, restricted)
  }
  return levels
}

interface Section {
  organ_seq: string
  condition: string
  topic: string
}

const sectionOf = (line: string): Section => {
  const [head = '', condition = '', topic = ''] = line.split(' | ')
  return { organ_seq: head.split(' ')[0] ?? '', condition, topic }
}

const archetypeOf = (section: Section, line: string): Archetype => {
  const fields = line.split(' | ')
  if (fields.length !== 9) throw new Error(`an archetype has nine fields, not ${fields.length}`)
  const [name, key, levels, share, update_cycle, format, inner_dept, system, rows] = fields as [string, ...string[]]
  const [share_code = '', basis_key = null] = (share ?? '').split(':')
  const [format_category = '', format_type = ''] = (format ?? '').split(':')
  const known = SHARES[share_code]
  if (!known) throw new Error(`share ${share_code} is unknown`)
  return {
    ...section,
    key: key ?? '',
    name,
    levels: levelsOf(levels ?? ''),
    is_series: (levels ?? '').includes('Y'),
    share: known,
    basis_key,
    update_cycle: update_cycle ?? '',
    format_category,
    format_type,
    inner_dept: inner_dept ?? '',
    source_system_name: system === '-' ? null : (system ?? null),
    rows_10k: Number(rows),
    class_code: null,
    summary: '',
    items: [],
  }
}

const applyLine = (archetype: Archetype, line: string, dictionary: Dictionary): void => {
  const text = line.slice(2)
  if (line.startsWith('> ')) archetype.summary = text
  else if (line.startsWith('? ')) archetype.condition = text
  else if (line.startsWith('! ')) archetype.class_code = text
  else if (line.startsWith('= ')) archetype.items = text.split(' ').map((word) => itemOf(dictionary, word))
  else throw new Error('a line begins with @ # > = ? or !')
}

/** Reads one file of archetypes; an error names the file and the line. */
export const parseArchetypes = (file: string, text: string, dictionary: Dictionary): Archetype[] => {
  const archetypes: Archetype[] = []
  let section: Section = { organ_seq: '', condition: '', topic: '' }
  for (const [index, line] of text.split('\n').entries()) {
    try {
      if (line.startsWith('@ ')) section = sectionOf(line.slice(2))
      else if (line.startsWith('# ')) archetypes.push(archetypeOf(section, line.slice(2)))
      else if (line !== '') applyLine(archetypes.at(-1) as Archetype, line, dictionary)
    } catch (cause) {
      throw new Error(`${file}:${index + 1}: ${(cause as Error).message}`, { cause })
    }
  }
  return archetypes
}

const FOLDER = join(import.meta.dirname, 'archetypes')

/** All archetypes, in the order of the files' names. */
export const loadArchetypes = (): Archetype[] => {
  const dictionary = parseDictionary(readFileSync(join(FOLDER, 'dictionary.txt'), 'utf8'))
  return readdirSync(FOLDER)
    .filter((name) => name !== 'dictionary.txt')
    .sort()
    .flatMap((name) => parseArchetypes(name, readFileSync(join(FOLDER, name), 'utf8'), dictionary))
}
