import { identity } from '@sanjiang/contract'
import type { OrganDetail } from '@sanjiang/contract/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal, Radio } from 'antd'
import { type ReactNode, useState } from 'react'
import { showFaults } from '../../../ui/form-faults.ts'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { useSession } from '../../session.ts'

interface ActProps<Fields> {
  readonly label: string
  readonly organ: OrganDetail
  readonly initial: Partial<Fields>
  readonly danger?: boolean
  readonly onSend: (fields: Fields) => Promise<OrganDetail>
  readonly children: ReactNode
}

const ActButton = <Fields extends object>({ label, organ, initial, danger, onSend, children }: ActProps<Fields>) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Fields>()
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: onSend,
    onSuccess: (after) => {
      client.setQueryData(['identity', 'organ', organ.organ_id], after)
      void client.invalidateQueries({ queryKey: ['identity', 'organs'] })
      setOpen(false)
    },
    onError: (error) => showFaults(form, error),
  })
  return (
    <>
      <Button danger={danger} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal
        title={`${organ.name}：${label}`}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText={label}
        cancelText="取消"
        okButtonProps={{ loading: act.isPending, danger }}
        forceRender
      >
        <Form form={form} layout="vertical" initialValues={initial} onFinish={(fields) => act.mutate(fields)}>
          {children}
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

const OnField = () => (
  <Form.Item name="on" label="自哪天起" rules={[{ required: true, message: '请填写日期' }]}>
    <Input type="date" />
  </Form.Item>
)

interface Renaming {
  readonly name: string
  readonly short_name: string
  readonly on: string
}

export const RenameButton = ({ organ }: { organ: OrganDetail }) => {
  const { today } = useSession()
  return (
    <ActButton<Renaming>
      label="更名"
      organ={organ}
      initial={{ on: today }}
      onSend={(body) => call(identity.renameOrgan, { params: { id: organ.organ_id }, body })}
    >
      <Form.Item name="name" label="新名称" rules={[{ required: true, whitespace: true, message: '请填写新名称' }]}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item
        name="short_name"
        label="新简称"
        rules={[{ required: true, whitespace: true, message: '请填写新简称' }]}
      >
        <Input maxLength={60} />
      </Form.Item>
      <OnField />
    </ActButton>
  )
}

interface Succession {
  readonly how: 'merged' | 'split' | 'dissolved'
  readonly successor?: string
  readonly on: string
}

export const SucceedButton = ({ organ }: { organ: OrganDetail }) => {
  const { today } = useSession()
  return (
    <ActButton<Succession>
      label="合并或撤销"
      organ={organ}
      danger
      initial={{ how: 'merged', on: today }}
      onSend={({ how, successor, on }) =>
        call(identity.succeedOrgan, {
          params: { id: organ.organ_id },
          body: { how, on, successor_ids: successor && how !== 'dissolved' ? [successor] : [] },
        })
      }
    >
      <Form.Item name="how" label="方式">
        <Radio.Group
          options={[
            { value: 'merged', label: '并入另一机构' },
            { value: 'split', label: '拆分' },
            { value: 'dissolved', label: '撤销，无承继' },
          ]}
        />
      </Form.Item>
      <Form.Item noStyle dependencies={['how']}>
        {({ getFieldValue }) =>
          getFieldValue('how') !== 'dissolved' && (
            <Form.Item name="successor" label="承继机构" rules={[{ required: true, message: '请选择承继机构' }]}>
              <OrganSelect />
            </Form.Item>
          )
        }
      </Form.Item>
      <OnField />
    </ActButton>
  )
}
