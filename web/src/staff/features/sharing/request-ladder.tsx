import { sharing } from '@sanjiang/contract'
import {
  COORDINATION_REASONS,
  LADDER_LEVELS,
  LADDER_OUTCOMES,
  type LadderLevel,
  type LadderStep,
  MARKS,
  MEETING_KINDS,
  type MeetingDraft,
  type RequestDetail,
} from '@sanjiang/contract/sharing'
import { Button, Form, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { showFaults } from '../../../ui/form-faults.ts'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan, useSession } from '../../session.ts'
import { useRequestAct } from './request-act.ts'
import { optionsOf } from './sharing.words.tsx'
import './demand.css'

/** Who has to move on each rung. */
const moverOf = (level: LadderLevel, request: RequestDetail): string =>
  ({
    negotiation: `${request.provider_name}（重新答复或说服）、${request.consumer_name}（接受或提请协调）`,
    office: '共享主管部门（电子政务办）',
    group: '领导小组（由电子政务办登记其意见）',
  })[level]

const Meeting = ({ meeting }: { meeting: LadderStep['meetings'][number] }) => (
  <div className="talk">
    <b>{MEETING_KINDS.titles[meeting.kind]}</b>
    <span className="muted">
      {meeting.held_on} · {meeting.participants}
      {meeting.document_no && ` · ${meeting.document_no}`} · {meeting.organ_name ?? meeting.author_name}登记
    </span>
    <p>{meeting.text}</p>
  </div>
)

const Rung = ({ step, request }: { step: LadderStep; request: RequestDetail }) => (
  <li className={step.closed_on ? 'past' : 'now'}>
    <b>{LADDER_LEVELS.titles[step.level]}</b>
    <small>
      {step.opened_on} {step.cause === 'overdue' ? '逾期自动提交' : `${step.opened_by_name}提请`}
    </small>
    {step.outcome ? (
      <small>
        {step.closed_on} {LADDER_OUTCOMES.titles[step.outcome]}
        {step.reason_code && `：${COORDINATION_REASONS.titles[step.reason_code]}`}
      </small>
    ) : (
      <>
        <ClockBar clock={step.clock} />
        <small>该办：{moverOf(step.level, request)}</small>
      </>
    )}
    {step.marks.map(({ mark, crossed_on }) => (
      <small key={mark}>
        {MARKS.titles[mark]} {crossed_on}
      </small>
    ))}
  </li>
)

const MeetingButton = ({ request }: { request: RequestDetail }) => {
  const { today } = useSession()
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<MeetingDraft>()
  const id = request.request_id
  const act = useRequestAct(id, (body: MeetingDraft) => call(sharing.recordMeeting, { params: { id }, body }))
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        登记会商
      </Button>
      <Modal
        title="登记会商"
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="登记"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        destroyOnHidden
      >
        <Form
          form={form}
          name="meeting"
          layout="vertical"
          initialValues={{ kind: 'meeting', held_on: today, document_no: '' }}
          onFinish={(body) =>
            act.mutate(body, { onSuccess: () => setOpen(false), onError: (error) => showFaults(form, error) })
          }
        >
          <Form.Item name="kind" label="种类">
            <Radio.Group options={optionsOf(MEETING_KINDS.titles)} />
          </Form.Item>
          <Form.Item name="held_on" label="日期" rules={[{ required: true, message: '请填写日期' }]}>
            <Input type="date" />
          </Form.Item>
          <Form.Item
            name="participants"
            label="参加单位与人员"
            rules={[{ required: true, whitespace: true, min: 2, message: '请填写参加单位与人员' }]}
          >
            <Input maxLength={500} />
          </Form.Item>
          <Form.Item name="document_no" label="纪要或文件文号">
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item
            name="text"
            label="结论要点"
            rules={[{ required: true, min: 5, message: '结论要点不少于 5 个字' }]}
          >
            <Input.TextArea rows={3} maxLength={2000} />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

const useMayRecord = (request: RequestDetail): boolean => {
  const { organ_id } = useSession()
  const mayCoordinate = useCan('sharing.request.coordinate')
  if (request.ladder_level === null) return false
  if (request.ladder_level !== 'negotiation') return mayCoordinate
  return organ_id === request.consumer_organ_id || organ_id === request.provider_organ_id
}

/** The dispute's ladder: rungs with their time, who has to move, and every meeting held on them. */
export const RequestLadder = ({ request }: { request: RequestDetail }) => {
  const mayRecord = useMayRecord(request)
  if (request.ladder.length === 0) return null
  const open = request.ladder.at(-1)!
  const levels = Object.keys(LADDER_LEVELS.titles) as LadderLevel[]
  const ahead = open.closed_on ? [] : levels.slice(levels.indexOf(open.level) + 1)
  return (
    <Panel title="协商与协调" extra={mayRecord && <MeetingButton request={request} />}>
      <ol className="chain" aria-label="争议阶梯">
        {request.ladder.map((step) => (
          <Rung key={step.step_id} step={step} request={request} />
        ))}
        {ahead.map((level) => (
          <li key={level}>
            <b>{LADDER_LEVELS.titles[level]}</b>
            <small>上一级未果或逾期时</small>
          </li>
        ))}
      </ol>
      <p className="muted">逾期自动提交上一级并亮红牌；不答复不等于同意。时限为项目约定，未核。</p>
      {request.ladder
        .flatMap(({ meetings }) => meetings)
        .map((meeting) => (
          <Meeting key={meeting.meeting_id} meeting={meeting} />
        ))}
    </Panel>
  )
}
