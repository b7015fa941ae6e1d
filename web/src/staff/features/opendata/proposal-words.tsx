import { LICENCES, THEMES } from '@sanjiang/contract/opendata'
import { Form, type FormInstance, Input, Select } from 'antd'
import type { ProposalDraft } from './proposal.draft.ts'

interface Props {
  readonly form: FormInstance<ProposalDraft['words']>
  readonly first: ProposalDraft['words']
  readonly onChange: (words: ProposalDraft['words']) => void
  readonly onSend: () => void
}

/** Words for everybody, not the catalogue's: what it is, whom to ask, how it may be used. */
export const ProposalWords = ({ form, first, onChange, onSend }: Props) => (
  <Form
    form={form}
    name="proposal-words"
    layout="vertical"
    initialValues={first}
    onValuesChange={(_, words) => onChange(words)}
    onFinish={onSend}
  >
    <Form.Item name="title" label="名称" rules={[{ required: true, min: 2, message: '请写名称' }]}>
      <Input maxLength={100} />
    </Form.Item>
    <Form.Item
      name="summary"
      label="摘要"
      extra="用普通人的话说清：是什么、包括哪些范围、可以用来做什么。不写人的姓名、证件号和电话。"
      rules={[{ required: true, min: 10, message: '不少于 10 个字' }]}
    >
      <Input.TextArea rows={4} maxLength={1000} showCount />
    </Form.Item>
    <Form.Item
      name="contact"
      label="联系方式"
      extra="会回答问题的处室和办公电话"
      rules={[{ required: true, min: 5, message: '请写处室和电话' }]}
    >
      <Input maxLength={200} />
    </Form.Item>
    <Form.Item name="licence" label="使用许可" rules={[{ required: true, message: '请选择许可' }]}>
      <Select options={LICENCES.codes.map((value) => ({ value, label: LICENCES.titles[value] }))} />
    </Form.Item>
    <Form.Item name="theme_code" label="主题" extra="公众按主题查找；不选的，部门类资源归入“其他”">
      <Select allowClear options={THEMES.codes.map((value) => ({ value, label: THEMES.titles[value] }))} />
    </Form.Item>
    <Form.Item name="keywords" label="关键词" extra="公众会用的叫法，回车添加">
      <Select mode="tags" maxCount={30} tokenSeparators={['，', '、', ',']} open={false} />
    </Form.Item>
  </Form>
)
