import { type SystemDraft, USAGE_FREQUENCIES, USAGE_SCOPES } from '@sanjiang/contract/systems'
import { Button, Form, type FormInstance, Input, Radio } from 'antd'
import { OrganSelect } from '../../organ-select.tsx'

const optionsOf = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))

interface Props {
  readonly form: FormInstance<SystemDraft>
  readonly initial: Partial<SystemDraft>
  /** The organ of a registered system does not change here. */
  readonly hasOrgan: boolean
  readonly label: string
  readonly isPending: boolean
  readonly onSend: (draft: SystemDraft) => void
}

/** The self-survey's questions, in its order. */
export const SystemForm = ({ form, initial, hasOrgan, label, isPending, onSend }: Props) => (
  <Form form={form} layout="vertical" initialValues={initial} onFinish={onSend} style={{ maxWidth: '44rem' }}>
    {hasOrgan && (
      <Form.Item name="organ_id" label="使用机构" rules={[{ required: true, message: '请选择机构' }]}>
        <OrganSelect />
      </Form.Item>
    )}
    <Form.Item name="name" label="系统名称" rules={[{ required: true, whitespace: true, message: '请填写系统名称' }]}>
      <Input maxLength={128} />
    </Form.Item>
    <Form.Item
      name="function_desc"
      label="主要功能"
      rules={[{ required: true, whitespace: true, message: '请填写主要功能' }]}
    >
      <Input.TextArea rows={3} maxLength={1000} showCount />
    </Form.Item>
    <Form.Item name="usage_scope" label="使用范围" rules={[{ required: true, message: '请选择使用范围' }]}>
      <Radio.Group options={optionsOf(USAGE_SCOPES.titles)} />
    </Form.Item>
    <Form.Item name="usage_frequency" label="使用频度" rules={[{ required: true, message: '请选择使用频度' }]}>
      <Radio.Group options={optionsOf(USAGE_FREQUENCIES.titles)} />
    </Form.Item>
    <Form.Item name="approval_org" label="审批部门">
      <Input maxLength={128} />
    </Form.Item>
    <Form.Item name="approved_on" label="批准日期">
      <Input type="date" style={{ maxWidth: '12rem' }} />
    </Form.Item>
    <Form.Item name="fund_source" label="经费来源">
      <Input maxLength={128} />
    </Form.Item>
    <Form.Item name="is_on_cloud" label="是否上云" rules={[{ required: true, message: '请选择是否上云' }]}>
      <Radio.Group
        options={[
          { value: true, label: '已迁入省电子政务云' },
          { value: false, label: '未上云' },
        ]}
      />
    </Form.Item>
    <Button type="primary" htmlType="submit" loading={isPending}>
      {label}
    </Button>
  </Form>
)

export const cleaned = <T extends Partial<SystemDraft>>(draft: T): T => ({
  ...draft,
  approval_org: draft.approval_org || null,
  approved_on: draft.approved_on || null,
  fund_source: draft.fund_source || null,
})
