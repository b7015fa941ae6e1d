import type { Finding, ResourceDetail, Standard, StandardField } from '@sanjiang/contract/catalog'
import { memo, type ReactNode } from 'react'
import type { Draft } from './draft.ts'
import { isWanted } from './editor.model.ts'
import { EditorWidget } from './editor-widgets.tsx'

/** A rule, said where it is broken, with number and clause. */
export const RuleText = ({ findings, id }: { findings: readonly Finding[]; id?: string }) => (
  <div id={id} className="rule-texts" aria-live="polite">
    {findings.map((one) => (
      <p key={`${one.rule} ${one.message}`} className={`rule-text ${one.level}`}>
        {one.message}
        <small>
          {one.rule} · {one.clause}
        </small>
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
const GROUPED = new Set(['census', 'basis'])

const isGroup = ({ type, enumeration }: StandardField, standard: Standard): boolean =>
  GROUPED.has(type) ||
  (enumeration !== null && type === 'code' && (standard.enumerations[enumeration]?.length ?? 9) <= 4)

export const EditorField = memo((props: EditorFieldProps) => {
  const { field, standard, draft, findings } = props
  const id = `f-${field.key}`
  const body = (
    <>
      <EditorWidget {...props} id={id} />
      <RuleText findings={findings} id={`${id}-rules`} />
    </>
  )
  const className = `editor-field${findings.some(({ level }) => level === 'error') ? ' faulty' : ''}`
  if (isGroup(field, standard))
    return (
      <fieldset className={className}>
        <legend>{labelOf(field, draft)}</legend>
        {body}
      </fieldset>
    )
  return (
    <div className={className}>
      <label htmlFor={id}>{labelOf(field, draft)}</label>
      {body}
    </div>
  )
})
