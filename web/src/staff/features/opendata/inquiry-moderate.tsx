import { opendata } from '@sanjiang/contract'
import type { InquiryDetail } from '@sanjiang/contract/opendata'
import { Alert, Button, Form, Input, Radio } from 'antd'
import { showFaults } from '../../../ui/form-faults.ts'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useMatterAct } from './matter-act.ts'
import './inquiry.css'

type Moderation = { visibility: 'public' | 'private'; title: string; text: string }

const wordsOfDetail = ({ kind, detail }: InquiryDetail): string => {
  if (kind === 'correction') return `字段：${detail.field ?? ''}；行：${detail.row ?? ''}`
  return kind === 'showcase' ? `${detail.developer ?? ''} · ${detail.url ?? ''}` : ''
}

/** What citizens will see, as it is typed. */
const Preview = ({ inquiry, title, text }: { inquiry: InquiryDetail; title: string; text: string }) => (
  <section className="inquiry-preview" aria-label="公众将看到">
    <p className="sub">公众将看到</p>
    <h3>{title}</h3>
    {wordsOfDetail(inquiry) && <p className="sub">{wordsOfDetail(inquiry)}</p>}
    <p style={{ whiteSpace: 'pre-line' }}>{text}</p>
  </section>
)

/** Nobody's words are public before somebody has read them. */
export const ModerateForm = ({ inquiry }: { readonly inquiry: InquiryDetail }) => {
  const [form] = Form.useForm<Moderation>()
  const now = Form.useWatch([], form) as Moderation | undefined
  const act = useMatterAct((body: Moderation) =>
    call(opendata.moderateInquiry, { params: { id: inquiry.inquiry_id }, body }),
  )
  const initial = {
    visibility: inquiry.visibility === 'private' ? 'private' : 'public',
    title: inquiry.published_title ?? inquiry.suggested_title,
    text: inquiry.published_text ?? inquiry.suggested_text,
  } as const
  return (
    <Panel title={inquiry.visibility === 'pending' ? '审看' : '改为公开或不公开'}>
      {inquiry.identifiers.length > 0 && (
        <Alert
          type="warning"
          showIcon
          className="inquiry-found"
          title="原文含个人号码，下面的文字已去除，请再看一遍"
          description={inquiry.identifiers.map(({ title, shown }) => `${title}（${shown}）`).join('、')}
        />
      )}
      <Form
        form={form}
        layout="vertical"
        initialValues={initial}
        onFinish={(body) => act.mutate(body, { onError: (error) => showFaults(form, error) })}
      >
        <Form.Item name="visibility" label="给谁看">
          <Radio.Group
            options={[
              { value: 'public', label: '公开：所有人可见问题和答复' },
              { value: 'private', label: '只答复来件人本人' },
            ]}
          />
        </Form.Item>
        <Form.Item name="title" label="公开的标题" rules={[{ required: true, min: 2, message: '标题不少于 2 个字' }]}>
          <Input maxLength={60} disabled={now?.visibility === 'private'} />
        </Form.Item>
        <Form.Item name="text" label="公开的文字" rules={[{ required: true, min: 2, message: '文字不少于 2 个字' }]}>
          <Input.TextArea rows={4} maxLength={2000} disabled={now?.visibility === 'private'} />
        </Form.Item>
        {now?.visibility === 'public' && <Preview inquiry={inquiry} title={now.title} text={now.text} />}
        {act.isError && <ErrorAlert error={act.error} />}
        <Button
          type={inquiry.visibility === 'pending' ? 'primary' : 'default'}
          htmlType="submit"
          loading={act.isPending}
        >
          {now?.visibility === 'private' ? '只答复本人' : '公开这段文字'}
        </Button>
      </Form>
    </Panel>
  )
}
