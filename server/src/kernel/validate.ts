import { codes } from '@sanjiang/contract'
import { Ajv } from 'ajv'
import addFormatsModule from 'ajv-formats'

// Only our own contract's schemas are compiled here; schemas or rules from departments are interpreted, never compiled.
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void

const make = (coerceTypes: boolean | 'array') => {
  const ajv = new Ajv({ coerceTypes, useDefaults: true, removeAdditional: false, allErrors: false, strict: false })
  addFormats(ajv)
  // As the database reads them: no `urn:` before a UUID, no year before ours.
  ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  ajv.addFormat('date', (text: string) => codes.isDate(text) && text >= '1900')
  return (schema: object) => ajv.compile(schema)
}

/** Bodies are taken as they are: `"1"` is not a number. */
export const bodyValidator = make(false)

/** Paths and queries arrive as text and are turned into the declared types. */
export const textValidator = make('array')
