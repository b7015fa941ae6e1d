import { exchange } from '@sanjiang/contract'
import { SUBSCRIPTION_ACTS, type SubscriptionDetail } from '@sanjiang/contract/exchange'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { AskButton } from '../../../ui/ask.tsx'
import { showFaults } from '../../../ui/form-faults.ts'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'

interface Act {
  readonly act: (typeof SUBSCRIPTION_ACTS.codes)[number]
  readonly seq?: number
  readonly reason: string
}

const useAct = (of: SubscriptionDetail) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Act) => call(exchange.actOnSubscription, { params: { id: of.subscription_id }, body }),
    onSuccess: (after) => {
      client.setQueryData(['exchange', 'subscription', of.subscription_id], after)
      void client.invalidateQueries({ queryKey: ['exchange', 'subscriptions'] })
    },
  })
}

const REBUILT = '应用系统将从新的全量（begin 块）取起，应据此重建自己的数据；end 块之前不算完整。'

const HINTS: Record<Exclude<Act['act'], 'rewind'>, string> = {
  pause: '平台不再交付新的数据块；已送达的不动。没有取走的数据块最多留存到平台的上限。',
  resume: '从停下的那一块接着交付。',
  resnapshot: '目标按一次新的全量重建：先装入影子表，装完一次换上，期间原表照常可查。',
  end: '不再交付，也不再为此读取源库。目标里已有的数据由本部门按授权条款处置。要再用须重新订阅。',
  retry_notices:
    '马上再发一次没有送达的通知，通知标识不变，对方不会重复处理。因对方答复不再接收（410）而停用的，随之恢复。',
}

const RewindButton = ({ of }: { of: SubscriptionDetail }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<{ seq: number; reason: string }>()
  const act = useAct(of)
  const send = ({ seq, reason }: { seq: number; reason: string }) =>
    act.mutate(
      { act: 'rewind', seq, reason: reason.trim() },
      { onSuccess: () => setOpen(false), onError: (error) => showFaults(form, error) },
    )
  return (
    <>
      <Button onClick={() => setOpen(true)}>回退重放</Button>
      <Modal
        title={SUBSCRIPTION_ACTS.titles.rewind}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="回退"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        forceRender
      >
        <p>从这一块起重新交付。目标按键写入，重放不会重复；所需的块须仍在留存期内。</p>
        <Form form={form} layout="vertical" onFinish={send} initialValues={{ seq: Math.max(0, of.offset - 1) }}>
          <Form.Item
            name="seq"
            label="从第几块起"
            rules={[{ required: true, message: '请填写块号' }]}
            extra={`下一块是第 ${of.offset} 块`}
          >
            <InputNumber min={0} max={of.offset} precision={0} style={{ width: '12rem' }} />
          </Form.Item>
          <Form.Item name="reason" label="原因" rules={[{ required: true, whitespace: true, message: '请填写原因' }]}>
            <Input.TextArea rows={3} maxLength={500} />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

export const SubscriptionActions = ({ of }: { of: SubscriptionDetail }) => {
  const act = useAct(of)
  const simple = (name: Exclude<Act['act'], 'rewind'>, danger = false) =>
    of.can.includes(name) && (
      <AskButton
        key={name}
        label={SUBSCRIPTION_ACTS.titles[name]}
        field="原因"
        danger={danger}
        primary={name === 'resume'}
        hint={<p>{name === 'resnapshot' && of.target_kind === 'push' ? REBUILT : HINTS[name]}</p>}
        onSay={(reason) => act.mutateAsync({ act: name, reason: reason.slice(0, 500) })}
      />
    )
  return (
    <>
      {simple('resume')}
      {simple('pause')}
      {of.notices !== null && of.notices.dead + of.notices.failed > 0 && simple('retry_notices')}
      {of.can.includes('rewind') && <RewindButton of={of} />}
      {simple('resnapshot')}
      {simple('end', true)}
    </>
  )
}
