import { AdapterFault } from './adapter.ts'

const MAX_PATH_BYTES = 1024
const MAX_NAME_BYTES = 255
/** Control characters, what Windows forbids in names, and lone surrogates that no file system stores. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\\:"<>|]/u
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** Why a path may not be used below a root, as a sentence; null when it may. */
export const pathTrouble = (path: string): string | null => {
  if (path === '' || Buffer.byteLength(path) > MAX_PATH_BYTES) return '路径为空或过长'
  if (path.startsWith('/')) return '路径必须相对于根目录'
  if (FORBIDDEN.test(path)) return '路径含不允许的字符'
  for (const name of path.split('/')) {
    if (name === '' || name === '.' || name === '..') return '路径含空段、“.”或“..”'
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) return '文件名过长'
    if (/[. ]$/.test(name) || DEVICE.test(name)) return `文件名“${name}”在部分系统上不可用`
  }
  return null
}

/** The path itself, or a fault: nothing that a peer, a pattern or an archive says may lead out of the root. */
export const safePath = (path: string): string => {
  const trouble = pathTrouble(path)
  if (trouble !== null) throw new AdapterFault('not_allowed', `不能使用路径“${path.slice(0, 200)}”：${trouble}`)
  return path
}

export interface Pattern {
  /** Folder above the first wildcard; empty for the root. */
  readonly folder: string
  /** How many folders deep below `folder` a match can stand; infinite with `**`. */
  readonly depth: number
  readonly sheet: string | null
  matches(path: string): boolean
}

const escaped = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, '\\$&')
const segmentSource = (segment: string): string => escaped(segment).replaceAll('*', '[^/]*').replaceAll('?', '[^/]')

const sourceOf = (segments: readonly string[]): string =>
  segments
    .map((segment, index) => {
      const isLast = index === segments.length - 1
      if (segment === '**') return isLast ? '.*' : '(?:[^/]+/)*'
      return segmentSource(segment) + (isLast ? '' : '/')
    })
    .join('')

/** `inbox/*.csv`, `in/*.xlsx#人员`: a relation of a folder is the files that match. */
export const patternOf = (relation: string): Pattern => {
  const [glob = '', sheet] = relation.split('#', 2)
  safePath(glob.replaceAll('*', 'x').replaceAll('?', 'x'))
  const segments = glob.split('/')
  const wild = segments.findIndex((segment) => /[*?]/.test(segment))
  const fixed = wild === -1 ? segments.length - 1 : wild
  const matcher = new RegExp(`^${sourceOf(segments)}$`, 'su')
  return {
    folder: segments.slice(0, fixed).join('/'),
    depth: segments.includes('**') ? Number.POSITIVE_INFINITY : segments.length - fixed - 1,
    sheet: sheet === undefined || sheet === '' ? null : sheet,
    matches: (path) => matcher.test(path),
  }
}
