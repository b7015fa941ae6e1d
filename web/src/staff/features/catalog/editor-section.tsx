import { AUDIENCES, type Audience, type ResourceDetail, type Standard } from '@sanjiang/contract/catalog'
import { Radio } from 'antd'
import type { Draft } from './draft.ts'
import { type Checked, isShown, type Section } from './editor.model.ts'
import { EditorField, RuleText } from './editor-field.tsx'
import { ItemGrid } from './item-grid.tsx'

interface Props {
  readonly section: Section
  readonly standard: Standard
  readonly resource: ResourceDetail
  readonly draft: Draft
  readonly checked: Checked
  readonly onChange: (patch: Partial<Draft>) => void
  readonly onItems: (work: (items: Draft['items']) => Draft['items']) => void
}

const AudienceField = ({ draft, onChange }: Pick<Props, 'draft' | 'onChange'>) => (
  <fieldset className="editor-field">
    <legend>可见范围</legend>
    <Radio.Group
      value={draft.audience ?? 'all'}
      onChange={({ target }) => onChange({ audience: target.value as Audience })}
      options={AUDIENCES.codes.map((value) => ({ value, label: AUDIENCES.titles[value] }))}
    />
  </fieldset>
)

const SHOWN_FAULTS = 8

const Items = ({ standard, resource, draft, checked, onItems }: Props) => {
  const own = checked.findings.filter(({ field }) => field === 'items' || field.startsWith('items.'))
  return (
    <>
      <ItemGrid
        items={draft.items}
        standard={standard}
        findings={own}
        onItems={onItems}
        organId={resource.provider_organ_id}
      />
      <RuleText findings={own.slice(0, SHOWN_FAULTS)} />
      {own.length > SHOWN_FAULTS && <p className="muted">另有 {own.length - SHOWN_FAULTS} 处，改正后依次显示。</p>}
    </>
  )
}

export const EditorSection = (props: Props) => {
  const { section, draft, checked } = props
  return (
    <section className="panel editor-section" id={`s-${section.id}`} aria-labelledby={`h-${section.id}`}>
      <h2 id={`h-${section.id}`}>{section.title}</h2>
      {section.id === 'items' ? (
        <Items {...props} />
      ) : (
        section.fields
          .filter((field) => isShown(field, draft))
          .map((field) => (
            <EditorField
              key={field.key}
              field={field}
              standard={props.standard}
              resource={props.resource}
              draft={draft}
              findings={
                field.type === 'census'
                  ? checked.findings.filter((one) => one.field.startsWith('census'))
                  : checked.at(field.key)
              }
              onChange={props.onChange}
            />
          ))
      )}
      {section.id === 'share' && <AudienceField {...props} />}
    </section>
  )
}
