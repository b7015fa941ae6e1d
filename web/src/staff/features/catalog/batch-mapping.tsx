import { type BatchColumn, type BatchDetail, type BatchMapping, checkBatch } from '@sanjiang/contract/catalog'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Select } from 'antd'
import { useState } from 'react'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Panel, StateTag, type Tone } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { batchKey, type FieldChoice } from './batch.query.ts'
import { columnName } from './column-name.ts'

const HOW: Record<BatchColumn['how'], readonly [string, Tone]> = {
  exact: ['与标准一致', 'good'],
  synonym: ['同义列名', 'good'],
  similar: ['名称相近，请核对', 'wait'],
  chosen: ['手工指定', 'info'],
  ignored: ['不导入', 'calm'],
}

interface SheetProps {
  readonly mapping: BatchMapping
  readonly choices: readonly FieldChoice[]
  readonly onChange: (mapping: BatchMapping) => void
}

const SheetMapping = ({ mapping, choices, onChange }: SheetProps) => {
  const set = (column: number, field: string | null) =>
    onChange({
      ...mapping,
      columns: mapping.columns.map((one) =>
        one.column === column ? { ...one, field, how: field === null ? 'ignored' : 'chosen' } : one,
      ),
    })
  const known = new Set(choices.map(({ value }) => value))
  const columns: readonly Column<BatchColumn>[] = [
    { title: '列', kind: 'fix', render: ({ column }) => <span className="mono">{columnName(column)}</span> },
    { title: '表中列名', kind: 'lead', render: ({ heading }) => heading || '（无标题）' },
    {
      title: '对应字段',
      render: ({ column, heading, field }) => (
        <Select
          aria-label={`${columnName(column)} 列“${heading}”对应的字段`}
          className="mapping-select"
          value={field ?? ''}
          onChange={(value: string) => set(column, value === '' ? null : value)}
          showSearch={{ optionFilterProp: 'label' }}
          options={[
            { value: '', label: '不导入这一列' },
            ...choices,
            ...(field && !known.has(field) ? [{ value: field, label: field }] : []),
          ]}
        />
      ),
    },
    {
      title: '如何识别',
      render: ({ how }) => <StateTag tone={HOW[how][1]}>{HOW[how][0]}</StateTag>,
    },
  ]
  return (
    <Listing
      caption={`工作表 ${mapping.sheet} 的列`}
      rows={mapping.columns}
      columns={columns}
      rowKey={({ column }) => String(column)}
    />
  )
}

/** Step 3: what each column means, proposed by the platform and put right by the officer. */
export const BatchMappingStep = ({ batch, choices }: { batch: BatchDetail; choices: readonly FieldChoice[] }) => {
  const client = useQueryClient()
  const [mapping, setMapping] = useState<readonly BatchMapping[]>(batch.mapping)
  const [mayHaveErrors, setMayHaveErrors] = useState(batch.may_have_errors)
  const check = useMutation({
    mutationFn: () =>
      call(checkBatch, {
        params: { id: batch.batch_id },
        body: { mapping: [...mapping], may_have_errors: mayHaveErrors },
      }),
    onSuccess: (data) => client.setQueryData(batchKey(batch.batch_id), data),
  })
  const sheetOf = (name: string) => batch.sheets.find(({ sheet }) => sheet === name)
  const titleOf = (field: string) => choices.find(({ value }) => value === field)?.label ?? field
  const isOn = (name: string) => mapping.some(({ sheet }) => sheet === name)
  const usable = batch.sheets.filter((one) => one.mapping !== null)
  const toggle = (name: string) => {
    const given = sheetOf(name)?.mapping
    setMapping(isOn(name) ? mapping.filter(({ sheet }) => sheet !== name) : given ? [...mapping, given] : mapping)
  }
  return (
    <>
      {usable.length > 1 && (
        <Panel title="要导入的工作表">
          <div className="row">
            {usable.map(({ sheet, row_count, is_hidden }) => (
              <Checkbox key={sheet} checked={isOn(sheet)} onChange={() => toggle(sheet)}>
                {sheet}（{row_count} 行{is_hidden ? '，隐藏' : ''}）
              </Checkbox>
            ))}
          </div>
        </Panel>
      )}
      {mapping.map((one) => {
        const taken = new Set(one.columns.map(({ field }) => field))
        const missing = (sheetOf(one.sheet)?.missing_fields ?? []).filter((field) => !taken.has(field))
        return (
          <Panel key={one.sheet} title={`工作表“${one.sheet}”：第 ${one.heading_row} 行是列名`}>
            {missing.length > 0 && (
              <Alert
                type="warning"
                showIcon
                title={`没有找到这些必填字段的列：${missing.map(titleOf).join('、')}`}
                description="新条目会因此有错误；已有条目的这些字段保持不变。"
              />
            )}
            {(sheetOf(one.sheet)?.notes ?? []).map((note) => (
              <p key={note} className="muted">
                {note}
              </p>
            ))}
            <SheetMapping
              mapping={one}
              choices={choices}
              onChange={(next) => setMapping(mapping.map((was) => (was.sheet === next.sheet ? next : was)))}
            />
          </Panel>
        )
      })}
      {check.isError && <ErrorAlert error={check.error} />}
      <div className="toolbar">
        <Checkbox checked={mayHaveErrors} onChange={({ target }) => setMayHaveErrors(target.checked)}>
          存为草稿（允许有错误，提交审核前再改）
        </Checkbox>
        <Button type="primary" loading={check.isPending} disabled={mapping.length === 0} onClick={() => check.mutate()}>
          开始检查
        </Button>
      </div>
    </>
  )
}
