import { sharing } from '@sanjiang/contract'
import { type DemandDetail, EFFECT_KINDS, type EffectDraft } from '@sanjiang/contract/sharing'
import { Button, Form, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { showFaults } from '../../../ui/form-faults.ts'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'
import { useDemandAct } from './demand-act.ts'
import { optionsOf } from './sharing.words.tsx'

const StateButton = ({ demand }: { demand: DemandDetail }) => {
  const { today } = useSession()
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<EffectDraft>()
  const id = demand.demand_id
  const act = useDemandAct(id, (body: EffectDraft) => call(sharing.stateEffect, { params: { id }, body }))
  const finish = (body: EffectDraft) =>
    act.mutate(body, { onSuccess: () => setOpen(false), onError: (error) => showFaults(form, error) })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        填报成效
      </Button>
      <Modal
        title="填报成效"
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="填报"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        forceRender
      >
        <Form
          form={form}
          name="effect"
          layout="vertical"
          initialValues={{ kind: 'materials_spared', from_on: demand.used_on, until_on: today }}
          onFinish={finish}
        >
          <Form.Item name="kind" label="取得了什么">
            <Select options={optionsOf(EFFECT_KINDS.titles)} />
          </Form.Item>
          <Form.Item name="figure" label="数量" rules={[{ required: true, message: '请填写数量' }]}>
            <InputNumber min={0} max={999_999_999} style={{ width: '12rem' }} />
          </Form.Item>
          <div className="row" style={{ alignItems: 'flex-start' }}>
            <Form.Item name="from_on" label="统计期起" rules={[{ required: true }]}>
              <Input type="date" />
            </Form.Item>
            <Form.Item name="until_on" label="统计期止" rules={[{ required: true }]}>
              <Input type="date" />
            </Form.Item>
          </div>
          <Form.Item name="text" label="说明" rules={[{ required: true, min: 5, message: '说明不少于 5 个字' }]}>
            <Input.TextArea rows={3} maxLength={1000} />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

/** What the data achieved; asked for once it is used. */
export const DemandEffects = ({ demand }: { demand: DemandDetail }) =>
  demand.effect_clock && (
    <Panel title="使用成效" extra={demand.can.includes('state_effect') && <StateButton demand={demand} />}>
      <span id="effects" />
      {demand.effects.length === 0 && <ClockBar clock={demand.effect_clock} />}
      <ul className="plain">
        {demand.effects.map((one) => (
          <li key={one.effect_id} className="talk">
            <b>
              {EFFECT_KINDS.titles[one.kind]} {one.figure.toLocaleString('zh-CN')}
            </b>
            <span className="muted">
              {one.from_on} 至 {one.until_on} · {one.stated_by_name} · {one.stated_on}
            </span>
            <p>{one.text}</p>
          </li>
        ))}
      </ul>
    </Panel>
  )
