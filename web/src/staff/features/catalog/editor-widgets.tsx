import { CENSUS_KEYS, type Census, type StandardCode } from '@sanjiang/contract/catalog'
import { extensionKey, isExtension, valueAt as valueIn } from '@sanjiang/contract/catalog.rule-kit'
import { Input, Radio, Select } from 'antd'
import { BasisPicker } from './basis-picker.tsx'
import { ClassPicker } from './class-picker.tsx'
import type { Draft } from './draft.ts'
import type { EditorFieldProps } from './editor-field.tsx'

type WidgetProps = EditorFieldProps & { readonly id: string }

const LONG_TEXT = 300

/** Linked lists offer only what goes with the format category chosen. */
const codesFor = ({ field, standard, draft }: EditorFieldProps): readonly StandardCode[] => {
  const codes = standard.enumerations[field.enumeration ?? ''] ?? []
  const category = draft.format_category
  return codes.filter(({ parents }) => parents.length === 0 || !category || parents.includes(category))
}

const patchIn = (key: string, value: unknown, draft: Draft): Partial<Draft> =>
  (isExtension(key)
    ? { extension: { ...draft.extension, [extensionKey(key)]: value } }
    : { [key]: value }) as Partial<Draft>

const valueAt = ({ field, draft }: EditorFieldProps): unknown =>
  valueIn(draft as unknown as Record<string, unknown>, field.key)

const TextWidget = (props: WidgetProps) => {
  const { field, id, onChange, findings, draft } = props
  const given = {
    id,
    value: String(valueAt(props) ?? ''),
    'aria-describedby': `${id}-rules`,
    'aria-invalid': findings.some(({ level }) => level === 'error') || undefined,
    count: field.max_length
      ? { show: true, max: field.max_length, strategy: (text: string) => [...text].length }
      : undefined,
  }
  return (field.max_length ?? 0) >= LONG_TEXT ? (
    <Input.TextArea
      {...given}
      autoSize={{ minRows: 2, maxRows: 8 }}
      onChange={({ target }) => onChange(patchIn(field.key, target.value || null, draft))}
    />
  ) : (
    <Input {...given} onChange={({ target }) => onChange(patchIn(field.key, target.value || null, draft))} />
  )
}

// The kind of sharing chosen for the whole is what new rows start with, so the choice is made once.
const CodeWidget = (props: WidgetProps) => {
  const { field, id, standard, onChange, draft } = props
  const all = standard.enumerations[field.enumeration ?? ''] ?? []
  const options = codesFor(props).map(({ code, title }) => ({ value: code, label: title }))
  const value = valueAt(props) as string | null | undefined
  const set = (next: string | null) => onChange(patchIn(field.key, next, draft))
  if (all.length <= 4)
    return <Radio.Group value={value ?? undefined} options={options} onChange={({ target }) => set(target.value)} />
  return (
    <Select
      id={id}
      value={value ?? undefined}
      options={options}
      onChange={(next: string | undefined) => set(next ?? null)}
      showSearch={{ optionFilterProp: 'label' }}
      placeholder="请选择"
      allowClear
      className="medium"
    />
  )
}

const WordsWidget = (props: WidgetProps) => (
  <Select
    id={props.id}
    mode="tags"
    value={(valueAt(props) as string[] | undefined) ?? []}
    onChange={(words: string[]) => props.onChange(patchIn(props.field.key, words, props.draft))}
    tokenSeparators={['，', ',', '、', ' ', ';', '；']}
    open={false}
    suffixIcon={null}
    placeholder={props.field.type === 'codes' ? '输入资源代码，回车添加' : '输入词语，回车或顿号分开'}
    className="wide-select"
  />
)

const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text))

const CensusWidget = (props: WidgetProps) => {
  const census: Census = props.draft.census ?? {}
  const titles = new Map(props.standard.census_fields.map(({ key, title }) => [key, title]))
  return (
    <div className="census-grid">
      {CENSUS_KEYS.map((key) => (
        <label key={key} htmlFor={`census-${key}`}>
          {titles.get(key) ?? key}
          <Input
            id={`census-${key}`}
            type="number"
            min={0}
            step="any"
            value={census[key] ?? ''}
            onChange={({ target }) => props.onChange({ census: { ...census, [key]: numberOf(target.value) } })}
          />
        </label>
      ))}
      <p className="muted small">不掌握的填 0。</p>
    </div>
  )
}

const BasisWidget = ({ draft, onChange }: WidgetProps) => (
  <BasisPicker value={draft.share_basis ?? null} onChange={(share_basis) => onChange({ share_basis })} />
)

const ClassWidget = ({ id, draft, resource, onChange }: WidgetProps) => (
  <ClassPicker
    id={id}
    value={draft.class_code ?? null}
    title={resource.class_path.map(({ title }) => title).join(' › ')}
    organId={resource.provider_organ_id}
    onChange={(class_code) => onChange({ class_code })}
  />
)

const ManyWidget = (props: WidgetProps) => (
  <Select
    id={props.id}
    mode="multiple"
    value={(valueAt(props) as string[] | null | undefined) ?? []}
    options={codesFor(props).map(({ code, title }) => ({ value: code, label: title }))}
    onChange={(codes: string[]) => props.onChange(patchIn(props.field.key, codes, props.draft))}
    showSearch={{ optionFilterProp: 'label' }}
    placeholder="可选多个"
    className="wide-select"
  />
)

const FlagWidget = (props: WidgetProps) => (
  <Radio.Group
    value={valueAt(props) ?? undefined}
    options={[
      { value: true, label: '是' },
      { value: false, label: '否' },
    ]}
    onChange={({ target }) => props.onChange(patchIn(props.field.key, target.value, props.draft))}
  />
)

const NumberWidget = (props: WidgetProps) => (
  <Input
    id={props.id}
    type="number"
    step="any"
    value={String(valueAt(props) ?? '')}
    aria-describedby={`${props.id}-rules`}
    onChange={({ target }) => props.onChange(patchIn(props.field.key, numberOf(target.value), props.draft))}
    className="medium"
  />
)

const DateWidget = (props: WidgetProps) => (
  <Input
    id={props.id}
    type="date"
    value={String(valueAt(props) ?? '')}
    aria-describedby={`${props.id}-rules`}
    onChange={({ target }) => props.onChange(patchIn(props.field.key, target.value || null, props.draft))}
    className="medium"
  />
)

const WIDGETS: Record<string, (props: WidgetProps) => React.ReactNode> = {
  code: CodeWidget,
  class: ClassWidget,
  basis: BasisWidget,
  words: WordsWidget,
  codes: WordsWidget,
  census: CensusWidget,
  flag: FlagWidget,
  number: NumberWidget,
  date: DateWidget,
}

/** The widget follows the type the standard gives; an unknown type is text. */
export const EditorWidget = (props: WidgetProps) => {
  const { type, enumeration } = props.field
  const Widget = type === 'codes' && enumeration ? ManyWidget : (WIDGETS[type] ?? TextWidget)
  return <Widget {...props} />
}
