import { sharing } from '@sanjiang/contract'
import { MESSAGE_KINDS, type Message, type RequestDetail } from '@sanjiang/contract/sharing'
import { Button, Form, Input } from 'antd'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useRequestAct } from './request-act.ts'

const Said = ({ message }: { message: Message }) => (
  <li className={`talk ${message.kind}`}>
    <b>{message.organ_name ?? message.author_name}</b>
    <span className="muted">
      {message.author_name} · {message.sent_on}
      {message.kind !== 'note' && ` · ${MESSAGE_KINDS.titles[message.kind]}`}
    </span>
    <p>{message.text}</p>
  </li>
)

/** What the two organs, and the coordinator, said to each other. */
export const RequestTalk = ({ request }: { request: RequestDetail }) => {
  const [form] = Form.useForm<{ text: string }>()
  const send = useRequestAct(request.request_id, (text: string) =>
    call(sharing.sendMessage, { params: { id: request.request_id }, body: { text } }),
  )
  const maySay = request.can.includes('message')
  if (request.messages.length === 0 && !maySay) return null
  return (
    <Panel title="沟通">
      {request.messages.length === 0 && <p className="muted">还没有沟通记录。</p>}
      <ul className="plain">
        {request.messages.map((message) => (
          <Said key={message.message_id} message={message} />
        ))}
      </ul>
      {maySay && (
        <Form
          form={form}
          layout="vertical"
          onFinish={({ text }) => send.mutate(text.trim(), { onSuccess: () => form.resetFields() })}
        >
          <Form.Item
            name="text"
            label="给对方留言"
            rules={[{ required: true, whitespace: true, message: '请填写内容' }]}
          >
            <Input.TextArea rows={2} maxLength={2000} />
          </Form.Item>
          <Button htmlType="submit" loading={send.isPending}>
            发送
          </Button>
          {send.isError && <ErrorAlert error={send.error} />}
        </Form>
      )}
    </Panel>
  )
}
