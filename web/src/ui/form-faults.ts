import type { FormInstance } from 'antd'
import { problemOf } from '../staff/api.ts'

/** Puts the server's field faults under their fields; the alert above the form still shows all of them. */
export const showFaults = (form: FormInstance, error: unknown): void => {
  const fields = problemOf(error)?.fields ?? []
  const byField = Map.groupBy(fields, ({ field }) => field)
  const known = new Set(Object.keys(form.getFieldsValue(true)))
  form.setFields(
    [...byField].flatMap(([field, faults]) => {
      const name = field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
      return known.has(String(name[0])) ? [{ name, errors: faults.map(({ message }) => message) }] : []
    }),
  )
}
