import type { Finding, ResourceDetail, Standard, StandardField } from '@sanjiang/contract/catalog'
import { isEmpty, valueAt } from '@sanjiang/contract/catalog.rule-kit'
import { memo, type ReactNode, useState } from 'react'
import type { Draft } from './draft.ts'
import { isWanted } from './editor.model.ts'
import { EditorWidget } from './editor-widgets.tsx'

/** Many clauses name their rule already. */
export const clauseOf = ({ rule, clause }: Finding): string => (clause.includes(rule) ? clause : `${rule} · ${clause}`)

/** A rule, said where it is broken, with number and clause. */
export const RuleText = ({ findings, id }: { findings: readonly Finding[]; id?: string }) => (
  <div id={id} className="rule-texts" aria-live="polite">
    {findings.map((one) => (
      <p key={`${one.rule} ${one.message}`} className={`rule-text ${one.level}`}>
        {one.message}
        <small>{clauseOf(one)}</small>
      </p>
    ))}
  </div>
)

export interface EditorFieldProps {
  readonly field: StandardField
  readonly standard: Standard
  readonly resource: ResourceDetail
  readonly draft: Draft
  readonly findings: readonly Finding[]
  readonly onChange: (patch: Partial<Draft>) => void
}

const labelOf = (field: StandardField, draft: Draft): ReactNode => (
  <>
    {field.title}
    {isWanted(field, draft) && <span className="needed">必填</span>}
    {field.required === 'advised' && <span className="advised">建议填</span>}
  </>
)

/** Groups of several controls are a fieldset; a single control has a label. */
const GROUPED = new Set(['census', 'basis', 'flag'])

const isGroup = ({ type, enumeration }: StandardField, standard: Standard): boolean =>
  GROUPED.has(type) ||
  (enumeration !== null && type === 'code' && (standard.enumerations[enumeration]?.length ?? 9) <= 4)

export const EditorField = memo((props: EditorFieldProps) => {
  const { field, standard, draft } = props
  const [isTouched, setTouched] = useState(false)
  const isBlank = isEmpty(valueAt(draft as unknown as Record<string, unknown>, field.key))
  // A form just opened is not scolded for being empty: 必填 says enough until somebody has been there.
  const findings = isBlank && !isTouched ? [] : props.findings
  const id = `f-${field.key}`
  const body = (
    <>
      <EditorWidget {...props} findings={findings} id={id} />
      <RuleText findings={findings} id={`${id}-rules`} />
    </>
  )
  const className = 'editor-field'
  const touch = () => setTouched(true)
  if (isGroup(field, standard))
    return (
      <fieldset className={className} onBlur={touch}>
        <legend>{labelOf(field, draft)}</legend>
        {body}
      </fieldset>
    )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notices that the caret has left the field
    <div className={className} onBlur={touch}>
      <label htmlFor={id}>{labelOf(field, draft)}</label>
      {body}
    </div>
  )
})
