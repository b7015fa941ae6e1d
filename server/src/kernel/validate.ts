import { Ajv } from 'ajv'
import addFormatsModule from 'ajv-formats'

// Only our own contract's schemas are compiled here; schemas or rules from departments are interpreted, never compiled.
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void

const make = (coerceTypes: boolean | 'array') => {
  const ajv = new Ajv({ coerceTypes, useDefaults: true, removeAdditional: false, allErrors: false, strict: false })
  addFormats(ajv)
  return (schema: object) => ajv.compile(schema)
}

/** Bodies are taken as they are: `"1"` is not a number. */
export const bodyValidator = make(false)

/** Paths and queries arrive as text and are turned into the declared types. */
export const textValidator = make('array')
