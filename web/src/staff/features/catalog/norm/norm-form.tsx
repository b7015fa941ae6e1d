import {
  NORM_FIELDS,
  NORM_KINDS,
  NORM_LINKS,
  type NormBody,
  type NormDetail,
  type NormLinkKind,
  saveNorm,
} from '@sanjiang/contract/catalog'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Select } from 'antd'
import { useNavigate } from 'react-router'
import { Panel } from '../../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../../ui/states.tsx'
import { call } from '../../../api.ts'

/** Links as a person types them, one `种类:标识` each. */
interface ClauseValues {
  readonly clause: string
  readonly text?: string
  readonly removed_on?: string
  readonly links?: readonly string[]
}
interface Values extends Omit<Partial<NormBody>, 'clauses'> {
  readonly norm_id: string
  readonly clauses?: readonly ClauseValues[]
}

const options = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))

const valuesOf = (detail: NormDetail | null): Values => {
  if (!detail) return { norm_id: '', kind: 'local_standard', field: 'data', verified: false, clauses: [] }
  const { norm, clauses, replaces } = detail
  const { issued_on, effective_on, abolished_on, ...head } = norm
  return {
    ...head,
    issued_on: issued_on ?? undefined,
    effective_on: effective_on ?? undefined,
    abolished_on: abolished_on ?? undefined,
    replaces: replaces?.norm_id,
    clauses: clauses.map(({ links, removed_on, ...clause }) => ({
      ...clause,
      removed_on: removed_on ?? undefined,
      links: links.map(({ kind, target }) => `${kind}:${target}`),
    })),
  }
}

const toLink = (text: string): { kind: NormLinkKind; target: string } => {
  const [kind = '', ...target] = text.split(':')
  return { kind: kind as NormLinkKind, target: target.join(':') }
}

const bodyOf = (values: Values, revision: number): NormBody => ({
  revision,
  title: values.title ?? '',
  document_no: values.document_no ?? '',
  kind: values.kind!,
  field: values.field!,
  issuer: values.issuer ?? '',
  issued_on: values.issued_on || null,
  effective_on: values.effective_on || null,
  abolished_on: values.abolished_on || null,
  replaces: values.replaces || null,
  url: values.url ?? '',
  summary: values.summary ?? '',
  verified: values.verified ?? false,
  clauses: (values.clauses ?? []).map(({ clause, text, removed_on, links }) => ({
    clause,
    text: text ?? '',
    removed_on: removed_on || null,
    links: (links ?? []).map(toLink),
  })),
})

const Clauses = () => (
  <Form.List name="clauses">
    {(fields, { add, remove }) => (
      <>
        {fields.map(({ key, name }) => (
          <div key={key} className="filters">
            <Form.Item name={[name, 'clause']} label="条号" rules={[{ required: true, message: '请填写条号' }]}>
              <Input maxLength={60} />
            </Form.Item>
            <Form.Item name={[name, 'text']} label="要点">
              <Input maxLength={2000} />
            </Form.Item>
            <Form.Item name={[name, 'removed_on']} label="删去日期">
              <Input type="date" />
            </Form.Item>
            <Form.Item name={[name, 'links']} label="对应的规则（种类:标识）">
              <Select
                mode="tags"
                options={options(NORM_LINKS.titles).map(({ value, label }) => ({
                  value: `${value}:`,
                  label: `${label} ${value}:`,
                }))}
              />
            </Form.Item>
            <Form.Item label=" " colon={false}>
              <Button danger onClick={() => remove(name)}>
                去掉
              </Button>
            </Form.Item>
          </div>
        ))}
        <Button onClick={() => add({ clause: '', links: [] })}>增加条款</Button>
      </>
    )}
  </Form.List>
)

const Head = ({ isNew }: { isNew: boolean }) => (
  <div className="filters">
    <Form.Item
      name="norm_id"
      label="标识"
      rules={[{ pattern: /^[a-z0-9][a-z0-9-]{1,60}$/, message: '小写字母、数字、连字符' }]}
    >
      <Input maxLength={61} disabled={!isNew} placeholder="如 db63t-catalog" />
    </Form.Item>
    <Form.Item name="title" label="名称" rules={[{ required: true, whitespace: true, message: '请填写名称' }]}>
      <Input maxLength={200} />
    </Form.Item>
    <Form.Item name="document_no" label="文号、标准号">
      <Input maxLength={100} />
    </Form.Item>
    <Form.Item name="issuer" label="发布机关">
      <Input maxLength={200} />
    </Form.Item>
    <Form.Item name="kind" label="类别">
      <Select options={options(NORM_KINDS.titles)} />
    </Form.Item>
    <Form.Item name="field" label="领域">
      <Select options={options(NORM_FIELDS.titles)} />
    </Form.Item>
    <Form.Item name="issued_on" label="发布日期">
      <Input type="date" />
    </Form.Item>
    <Form.Item name="effective_on" label="施行日期">
      <Input type="date" />
    </Form.Item>
    <Form.Item name="abolished_on" label="废止日期">
      <Input type="date" />
    </Form.Item>
    <Form.Item name="replaces" label="替代的文件（标识）">
      <Input maxLength={61} />
    </Form.Item>
    <Form.Item name="url" label="原文链接">
      <Input maxLength={500} />
    </Form.Item>
  </div>
)

/** Registers a document, or changes it: an end date is how a law is abolished here. */
export const NormForm = ({ detail, onDone }: { detail: NormDetail | null; onDone: () => void }) => {
  const [form] = Form.useForm<Values>()
  const client = useQueryClient()
  const go = useNavigate()
  const save = useMutation({
    mutationFn: (values: Values) =>
      call(saveNorm, {
        params: { norm: detail?.norm.norm_id ?? values.norm_id },
        body: bodyOf(values, detail?.norm.revision ?? 0),
      }),
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: ['catalog', 'norms'] })
      await client.invalidateQueries({ queryKey: ['catalog', 'norm'] })
      onDone()
      if (!detail) await go(`/catalog/norms/${saved.norm.norm_id}`)
    },
  })
  return (
    <Panel>
      <Form
        form={form}
        name="norm"
        layout="vertical"
        initialValues={valuesOf(detail)}
        onFinish={(values) => save.mutate(values)}
      >
        <Head isNew={detail === null} />
        <Form.Item name="summary" label="要点">
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
        <Form.Item name="verified" valuePropName="checked">
          <Checkbox>已与原文核对</Checkbox>
        </Form.Item>
        <h3>条款</h3>
        <Clauses />
        {save.isError && <ErrorAlert error={save.error} />}
        <div className="row review-buttons">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            保存
          </Button>
          {detail && <Button onClick={onDone}>取消</Button>}
        </div>
      </Form>
    </Panel>
  )
}
