import { sharing } from '@sanjiang/contract'
import {
  type DemandDetail,
  DUTY_OUTCOMES,
  DUTY_REASONS,
  DUTY_WORDS,
  type DutyDetail,
  MARKS,
} from '@sanjiang/contract/sharing'
import { Button, Form, Input, Modal, Radio, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { DutyTag } from './demand.words.tsx'
import { useDemandAct } from './demand-act.ts'
import { optionsOf } from './sharing.words.tsx'

interface DialogProps<Body> {
  readonly label: string
  readonly demandId: string
  readonly initial: Partial<Body>
  readonly primary?: boolean
  readonly act: (body: Body) => Promise<unknown>
  readonly children: ReactNode
}

/** A button that opens a form and sends it. */
const Dialog = <Body extends object>({ label, demandId, initial, primary, act, children }: DialogProps<Body>) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Body>()
  const send = useDemandAct(demandId, act)
  return (
    <>
      <Button type={primary ? 'primary' : 'default'} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal
        title={label}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="确定"
        cancelText="取消"
        okButtonProps={{ loading: send.isPending }}
        destroyOnHidden
      >
        <Form
          form={form}
          name={label}
          layout="vertical"
          initialValues={initial}
          onFinish={(body) => send.mutate(body, { onSuccess: () => setOpen(false) })}
        >
          {children}
        </Form>
        {send.isError && <ErrorAlert error={send.error} />}
      </Modal>
    </>
  )
}

const Text = ({ name, label, min }: { name: string; label: string; min: number }) => (
  <Form.Item name={name} label={label} rules={[{ required: true, min, message: `${label}不少于 ${min} 个字` }]}>
    <Input.TextArea rows={3} maxLength={1000} />
  </Form.Item>
)

type Assignment = { organ_id: string; note: string }

export const AssignButton = ({ demand }: { demand: DemandDetail }) => (
  <Dialog<Assignment>
    label="列入责任清单"
    primary
    demandId={demand.demand_id}
    initial={{ organ_id: demand.supplier_organ_id ?? undefined }}
    act={(body) => call(sharing.assignDuty, { params: { id: demand.demand_id }, body })}
  >
    <Form.Item name="organ_id" label="责任部门" rules={[{ required: true, message: '请选择责任部门' }]}>
      <OrganSelect />
    </Form.Item>
    <Text name="note" label="交办说明" min={4} />
  </Dialog>
)

type Refusal = {
  reason_code: keyof typeof DUTY_REASONS.titles
  text: string
  basis_title: string
  basis_clause: string
}

const RefuseButton = ({ duty }: { duty: DutyDetail }) => (
  <Dialog<Refusal>
    label="提出异议"
    demandId={duty.demand_id}
    initial={{ reason_code: 'not_held' }}
    act={(body) => call(sharing.refuseDuty, { params: { id: duty.duty_id }, body })}
  >
    <p>异议须有理由、说明与依据，由共享主管部门协调后定（国发〔2016〕51号 第十条）。</p>
    <Form.Item name="reason_code" label="理由">
      <Select options={optionsOf(DUTY_REASONS.titles)} />
    </Form.Item>
    <Text name="text" label="说明" min={10} />
    <Form.Item
      name="basis_title"
      label="依据的法律法规或三定规定"
      rules={[{ required: true, min: 2, message: '请填写依据' }]}
    >
      <Input maxLength={200} />
    </Form.Item>
    <Form.Item name="basis_clause" label="条款" rules={[{ required: true, min: 2, message: '请填写条款' }]}>
      <Input maxLength={200} />
    </Form.Item>
  </Dialog>
)

type Coordination = { outcome: keyof typeof DUTY_OUTCOMES.titles; text: string; organ_id?: string }

const CoordinateDutyButton = ({ duty }: { duty: DutyDetail }) => (
  <Dialog<Coordination>
    label="给出协调意见"
    primary
    demandId={duty.demand_id}
    initial={{ outcome: 'reassert' }}
    act={(body) => call(sharing.coordinateDuty, { params: { id: duty.duty_id }, body })}
  >
    <Form.Item name="outcome" label="结论">
      <Radio.Group options={optionsOf(DUTY_OUTCOMES.titles)} />
    </Form.Item>
    <Form.Item noStyle dependencies={['outcome']}>
      {({ getFieldValue }) =>
        getFieldValue('outcome') === 'transfer' && (
          <Form.Item name="organ_id" label="转交" rules={[{ required: true, message: '请选择部门' }]}>
            <OrganSelect />
          </Form.Item>
        )
      }
    </Form.Item>
    <Text name="text" label="意见" min={10} />
  </Dialog>
)

const AcceptButtons = ({ duty }: { duty: DutyDetail }) => {
  const navigate = useNavigate()
  const params = { id: duty.duty_id }
  const accept = useDemandAct(duty.demand_id, () => call(sharing.acceptDuty, { params, body: {} }))
  const compile = useDemandAct(duty.demand_id, () => call(sharing.compileDuty, { params }))
  return (
    <>
      {duty.can.includes('accept') && (
        <Button type="primary" loading={accept.isPending} onClick={() => accept.mutate(undefined)}>
          认领
        </Button>
      )}
      {duty.can.includes('compile') && (
        <Button
          type="primary"
          loading={compile.isPending}
          onClick={() =>
            compile.mutate(undefined, {
              onSuccess: ({ resource_id }) => navigate(`/catalog/resources/${resource_id}/edit`),
            })
          }
        >
          起草目录条目
        </Button>
      )}
      {accept.isError && <ErrorAlert error={accept.error} />}
      {compile.isError && <ErrorAlert error={compile.error} />}
    </>
  )
}

const Words = ({ duty }: { duty: DutyDetail }) => (
  <ul className="plain">
    {duty.words.map((word) => (
      <li key={word.word_id} className="talk">
        <b>{DUTY_WORDS.titles[word.kind]}</b>
        <span className="muted">
          {word.organ_name ?? word.author_name} · {word.author_name} · {word.said_on}
        </span>
        <p>
          {word.reason_code && `${DUTY_REASONS.titles[word.reason_code]}：`}
          {word.text}
          {word.basis_title && `（依据：${word.basis_title} ${word.basis_clause}）`}
        </p>
      </li>
    ))}
  </ul>
)

/** One organ's duty to compile what nobody supplies. */
export const DutyPanel = ({ duty }: { duty: DutyDetail }) => (
  <Panel title={`责任清单 · ${duty.organ_name}`} extra={<DutyTag duty={duty} />}>
    <Facts
      of={[
        ['时限', duty.state !== 'refused' && duty.state !== 'released' && <ClockBar clock={duty.clock} />],
        ['依据', duty.state !== 'released' && `${duty.clock.clause}，未核`],
        ['条目', duty.resource_id && <Link to={`/catalog/resources/${duty.resource_id}`}>为此编制的条目</Link>],
        [
          '亮牌',
          duty.marks.length > 0 &&
            duty.marks.map(({ mark, crossed_on }) => `${MARKS.titles[mark]} ${crossed_on}`).join('，'),
        ],
      ]}
    />
    <Words duty={duty} />
    <div className="row">
      <AcceptButtons duty={duty} />
      {duty.can.includes('refuse') && <RefuseButton duty={duty} />}
      {duty.can.includes('coordinate') && <CoordinateDutyButton duty={duty} />}
    </div>
  </Panel>
)
