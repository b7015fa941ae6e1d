import { textOf } from '../site.ts'
import { notValid } from './ckan.fault.ts'

/** What a client asks an action with: from a query, a form or JSON, not yet believed. */
export type Params = Readonly<Record<string, unknown>>

export const text = (params: Params, name: string, max = 4000): string => {
  const value = params[name]
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const one = Array.isArray(value) ? value.at(-1) : value
  if (typeof one !== 'string') throw notValid({ [name]: ['Invalid value'] })
  return textOf(one, max)
}

/** Of several names for the same parameter the first that is given. */
export const needed = (params: Params, ...names: readonly string[]): string => {
  for (const name of names) {
    const value = text(params, name, 200)
    if (value !== '') return value
  }
  throw notValid({ [names.at(-1)!]: ['Missing value'] })
}

interface Bounds {
  readonly fallback: number
  readonly max: number
}

export const natural = (params: Params, name: string, { fallback, max }: Bounds): number => {
  const value = text(params, name, 20)
  if (value === '') return fallback
  if (!/^[+-]?\d+$/.test(value)) throw notValid({ [name]: ['Invalid integer'] })
  const whole = Number(value)
  if (whole < 0) throw notValid({ [name]: ['Must be a natural number'] })
  return Math.min(whole, max)
}

export const whole = (params: Params, name: string, fallback: number): number => {
  const value = text(params, name, 20)
  if (value === '') return fallback
  if (!/^[+-]?\d+$/.test(value)) throw notValid({ [name]: ['Invalid integer'] })
  return Number(value)
}

export const flag = (params: Params, name: string, fallback = false): boolean => {
  const value = text(params, name, 10).toLowerCase()
  return value === '' ? fallback : ['true', 'yes', 'on', '1', 't', 'y'].includes(value)
}

const MAX_LIST = 50

const listIn = (value: unknown, name: string): unknown => {
  if (typeof value !== 'string' || !/^\s*[["]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    throw notValid({ [name]: ['Could not parse as valid JSON'] })
  }
}

/** A list as JSON text, as JSON, as a parameter given several times, or one bare word. */
export const list = (params: Params, name: string): string[] => {
  const value = listIn(params[name], name)
  if (value === undefined || value === null || value === '') return []
  const all = Array.isArray(value) ? value : [value]
  if (all.length > MAX_LIST) throw notValid({ [name]: [`At most ${MAX_LIST} values`] })
  if (!all.every((one) => typeof one === 'string')) throw notValid({ [name]: ['Not a list of strings'] })
  return all.map((one) => textOf(one, 4000))
}
