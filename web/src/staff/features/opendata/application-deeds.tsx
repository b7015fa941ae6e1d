import { opendata } from '@sanjiang/contract'
import { APPEAL_OUTCOMES, type ApplicationDetail, DECISIONS, REVOKE_REASONS } from '@sanjiang/contract/opendata'
import { Button, Form, Input, Radio, Select } from 'antd'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { choicesOf } from './application.words.ts'
import { useMatterAct } from './matter-act.ts'

interface DeedProps {
  readonly application: ApplicationDetail
}

interface Said {
  readonly choice: string
  readonly text: string
}

interface DeedFormProps {
  readonly title: string
  readonly hint: string
  readonly choices: Readonly<Record<string, string>>
  readonly submit: string
  readonly isDanger?: boolean
  readonly send: (said: Said) => Promise<ApplicationDetail>
}

/** A choice and its reason. */
const DeedForm = ({ title, hint, choices, submit, isDanger = false, send }: DeedFormProps) => {
  const act = useMatterAct(send)
  const options = choicesOf(choices)
  return (
    <Panel title={title}>
      <p>{hint}</p>
      <Form layout="vertical" onFinish={(said: Said) => act.mutate(said)}>
        <Form.Item name="choice" label="选择" rules={[{ required: true, message: '请选择' }]}>
          {options.length > 2 ? <Select options={options} /> : <Radio.Group options={options} />}
        </Form.Item>
        <Form.Item
          name="text"
          label="说明"
          rules={[{ required: true, whitespace: true, min: 5, message: '说明不少于 5 个字' }]}
        >
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
        {act.isError && <ErrorAlert error={act.error} />}
        <Button type="primary" danger={isDanger} htmlType="submit" loading={act.isPending}>
          {submit}
        </Button>
      </Form>
    </Panel>
  )
}

export const DecideForm = ({ application: { application_id, revision } }: DeedProps) => (
  <DeedForm
    title="批准"
    hint="批准后意见即成决定：同意的送达协议，不同意的告知理由和申诉权利。"
    choices={DECISIONS.titles}
    submit="作出决定"
    send={({ choice, text }) =>
      call(opendata.decideApplication, {
        params: { id: application_id },
        body: { revision, decision: choice as 'confirm', opinion: text },
      })
    }
  />
)

export const RevokeForm = ({ application: { application_id, revision } }: DeedProps) => (
  <DeedForm
    title="收回使用许可"
    hint="数秒内停止提供；理由和说明原文告知使用方。收回后不能恢复，可以重新申请。"
    choices={REVOKE_REASONS.titles}
    submit="收回许可"
    isDanger
    send={({ choice, text }) =>
      call(opendata.revokeAccess, {
        params: { id: application_id },
        body: { revision, reason_code: choice as 'breach', text },
      })
    }
  />
)

export const AppealForm = ({ application: { application_id, revision } }: DeedProps) => (
  <DeedForm
    title="处理申诉"
    hint="由作出决定以外的部门处理；支持申诉的，按申请的期限送达协议。"
    choices={APPEAL_OUTCOMES.titles}
    submit="作出处理决定"
    send={({ choice, text }) =>
      call(opendata.settleAppeal, {
        params: { id: application_id },
        body: { revision, outcome: choice as 'granted', text },
      })
    }
  />
)
