import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { type ReactNode, useId, useState } from 'react'
import { ErrorAlert } from './states.tsx'

interface AskProps {
  /** What the button says, which is also the dialog's title. */
  readonly label: string
  readonly field: string
  readonly hint?: ReactNode
  readonly min?: number
  readonly danger?: boolean
  readonly primary?: boolean
  readonly size?: 'small' | 'middle'
  readonly onSay: (text: string) => Promise<unknown>
}

/** A button for an act that needs a reason: says what will happen, takes the text, shows a refusal where it was asked. */
export const AskButton = ({ label, field, hint, min = 1, danger, primary, size, onSay }: AskProps) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<{ text: string }>()
  // Several of these stand on one page: without a name of its own each field's label would point at the first one's.
  const name = useId()
  const say = useMutation({ mutationFn: onSay, onSuccess: () => setOpen(false) })
  const open = () => {
    form.resetFields()
    say.reset()
    setOpen(true)
  }
  return (
    <>
      <Button danger={danger} type={primary ? 'primary' : 'default'} size={size} onClick={open}>
        {label}
      </Button>
      <Modal
        title={label}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText={label}
        cancelText="取消"
        okButtonProps={{ danger, loading: say.isPending }}
        destroyOnHidden
        forceRender
      >
        {hint}
        <Form form={form} name={name} layout="vertical" onFinish={({ text }) => say.mutate(text.trim())}>
          <Form.Item
            name="text"
            label={field}
            rules={[
              {
                required: true,
                whitespace: true,
                min,
                message: `请填写${field}${min > 1 ? `（不少于 ${min} 个字）` : ''}`,
              },
            ]}
          >
            <Input.TextArea rows={4} maxLength={2000} />
          </Form.Item>
        </Form>
        {say.isError && <ErrorAlert error={say.error} />}
      </Modal>
    </>
  )
}
