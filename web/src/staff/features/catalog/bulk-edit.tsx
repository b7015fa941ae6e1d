import { type Basis, type BatchEdit, editResources, type Resource, type Standard } from '@sanjiang/contract/catalog'
import { useMutation } from '@tanstack/react-query'
import { Checkbox, Input, Modal, Select } from 'antd'
import { type ReactNode, useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { BasisPicker } from './basis-picker.tsx'
import { ClassPicker } from './class-picker.tsx'
import { useStandardQuery } from './standard.query.ts'

interface FormProps {
  readonly standard: Standard
  readonly organId: string
  readonly edit: BatchEdit
  readonly onEdit: (edit: BatchEdit) => void
}

interface FieldProps {
  readonly title: string
  readonly isOn: boolean
  readonly onToggle: (isOn: boolean) => void
  readonly children: (id: string) => ReactNode
}

/** A field that is changed in every entry, once its box is ticked. */
const Field = ({ title, isOn, onToggle, children }: FieldProps) => {
  const id = useId()
  return (
    <div className="bulk-field">
      <Checkbox checked={isOn} onChange={({ target }) => onToggle(target.checked)}>
        改{title}
      </Checkbox>
      {isOn && (
        <>
          <label htmlFor={id} className="hidden">
            {title}
          </label>
          {children(id)}
        </>
      )}
    </div>
  )
}

interface ConditionProps {
  readonly title: string
  readonly text: string | null | undefined
  readonly onText: (text: string) => void
}

const Condition = ({ title, text, onText }: ConditionProps) => (
  <Input.TextArea
    aria-label={title}
    placeholder={title}
    value={text ?? ''}
    onChange={({ target }) => onText(target.value)}
    maxLength={500}
  />
)

const without = (edit: BatchEdit, ...keys: (keyof BatchEdit)[]): BatchEdit =>
  Object.fromEntries(Object.entries(edit).filter(([key]) => !keys.includes(key as keyof BatchEdit)))

const CODES = [
  ['share_type', '共享类型'],
  ['open_type', '开放类型'],
  ['update_cycle', '更新周期'],
] as const

const words = (text: string): string[] => [...new Set(text.split(/[、，,;；\s]+/).filter(Boolean))]

const EditForm = ({ standard, organId, edit, onEdit }: FormProps) => {
  const set = (patch: BatchEdit) => onEdit({ ...edit, ...patch })
  return (
    <div className="stack">
      {CODES.map(([key, title]) => (
        <Field
          key={key}
          title={title}
          isOn={key in edit}
          onToggle={(isOn) =>
            isOn
              ? set({ [key]: standard.enumerations[key]?.[0]?.code ?? '' })
              : onEdit(
                  without(edit, key, ...(key === 'share_type' ? (['share_condition', 'share_basis'] as const) : [])),
                )
          }
        >
          {(id) => (
            <Select
              id={id}
              className="mapping-select"
              value={edit[key]}
              onChange={(value: string) => set({ [key]: value })}
              options={(standard.enumerations[key] ?? []).map(({ code, title: label }) => ({ value: code, label }))}
            />
          )}
        </Field>
      ))}
      {edit.share_type === 'conditional' && (
        <Condition
          title="共享条件"
          text={edit.share_condition}
          onText={(share_condition) => set({ share_condition })}
        />
      )}
      {edit.share_type === 'withheld' && (
        <BasisPicker
          value={edit.share_basis ?? null}
          onChange={(basis: Basis | null) => set({ share_basis: basis })}
          of="不予共享"
        />
      )}
      {edit.open_type === 'conditional' && (
        <Condition title="开放条件" text={edit.open_condition} onText={(open_condition) => set({ open_condition })} />
      )}
      <Field
        title="提供方内部部门"
        isOn={'inner_dept' in edit}
        onToggle={(isOn) => (isOn ? set({ inner_dept: '' }) : onEdit(without(edit, 'inner_dept')))}
      >
        {(id) => (
          <Input
            id={id}
            value={edit.inner_dept ?? ''}
            onChange={({ target }) => set({ inner_dept: target.value })}
            maxLength={128}
          />
        )}
      </Field>
      <Field
        title="信息资源分类"
        isOn={'class_code' in edit}
        onToggle={(isOn) => (isOn ? set({ class_code: '' }) : onEdit(without(edit, 'class_code')))}
      >
        {(id) => (
          <ClassPicker
            id={id}
            value={edit.class_code || null}
            title=""
            organId={organId}
            onChange={(code) => set({ class_code: code ?? '' })}
          />
        )}
      </Field>
      <Field
        title="关键词"
        isOn={'add_keywords' in edit}
        onToggle={(isOn) =>
          isOn
            ? set({ add_keywords: [], remove_keywords: [] })
            : onEdit(without(edit, 'add_keywords', 'remove_keywords'))
        }
      >
        {(id) => (
          <>
            <Input
              id={id}
              placeholder="加上，用顿号或空格分开"
              onChange={({ target }) => set({ add_keywords: words(target.value) })}
            />
            <Input
              aria-label="去掉的关键词"
              placeholder="去掉，用顿号或空格分开"
              onChange={({ target }) => set({ remove_keywords: words(target.value) })}
            />
          </>
        )}
      </Field>
    </div>
  )
}

/** Chooses what changes; what it would do is then seen on the batch's own page, before anything is written. */
export const BulkEdit = ({ chosen, onClose }: { chosen: readonly Resource[]; onClose: () => void }) => {
  const navigate = useNavigate()
  const standard = useStandardQuery()
  const [edit, setEdit] = useState<BatchEdit>({})
  const begin = useMutation({
    mutationFn: () =>
      call(editResources, { body: { resource_ids: chosen.map(({ resource_id }) => resource_id), edit } }),
    onSuccess: ({ batch_id }) => navigate(`/catalog/batches/${batch_id}`),
  })
  return (
    <Modal
      title={`批量修改 ${chosen.length} 个条目`}
      open
      onCancel={onClose}
      onOk={() => begin.mutate()}
      okText="试运行，看变化"
      cancelText="取消"
      okButtonProps={{ disabled: Object.keys(edit).length === 0, loading: begin.isPending }}
      width={640}
    >
      <p className="muted">
        只勾选要改的字段。下一步先列出每个条目的变化，确认后才写入；已发布的条目会另开修订，照常送审。
      </p>
      <Loaded query={standard}>
        {(data) => (
          <EditForm standard={data} organId={chosen[0]?.provider_organ_id ?? ''} edit={edit} onEdit={setEdit} />
        )}
      </Loaded>
      {begin.isError && <ErrorAlert error={begin.error} />}
    </Modal>
  )
}
