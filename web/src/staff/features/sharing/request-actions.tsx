import { sharing } from '@sanjiang/contract'
import type { RequestDetail } from '@sanjiang/contract/sharing'
import { AskButton } from '../../../ui/ask.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { call } from '../../api.ts'
import { CoordinateButton } from './coordinate-button.tsx'
import { useRequestAct } from './request-act.ts'

type Saying = (typeof SAYINGS)[number]

const SAYINGS = [
  {
    verb: 'dispute',
    label: '提出异议',
    field: '异议理由',
    hint: '对不同意的部分提出异议后，先与提供方协商；协商不成可提请共享主管部门协调。',
    endpoint: sharing.disputeRequest,
  },
  {
    verb: 'reconsider',
    label: '同意重新答复',
    field: '说明',
    hint: '不同意的信息项重新进入待答复，时限自今天起重新计算。',
    endpoint: sharing.reconsiderRequest,
  },
  {
    verb: 'escalate',
    label: '提请协调',
    field: '协商经过与诉求',
    hint: '由本级共享主管部门协调，给出意见。',
    endpoint: sharing.escalateRequest,
  },
  {
    verb: 'raise',
    label: '提请领导小组',
    field: '协调经过与分歧',
    hint: '协调未能一致的，由领导小组裁决；裁决前须登记其会议纪要或书面意见。',
    endpoint: sharing.raiseRequest,
  },
  {
    verb: 'settle',
    label: '不再坚持',
    field: '说明',
    hint: '接受原答复，争议了结，不能再次提出。',
    endpoint: sharing.settleRequest,
  },
] as const

const Say = ({ request, saying }: { request: RequestDetail; saying: Saying }) => {
  const act = useRequestAct(request.request_id, (text: string) =>
    call(saying.endpoint, { params: { id: request.request_id }, body: { text } }),
  )
  return (
    <AskButton
      label={saying.label}
      field={saying.field}
      hint={<p>{saying.hint}</p>}
      onSay={(text) => act.mutateAsync(text)}
    />
  )
}

const Withdraw = ({ request }: { request: RequestDetail }) => {
  const act = useRequestAct(request.request_id, (reason: string) =>
    call(sharing.withdrawRequest, { params: { id: request.request_id }, body: { reason } }),
  )
  return (
    <AskButton
      label="撤回申请"
      field="撤回原因"
      danger
      hint={<p>未答复的信息项不再等待答复；已经授权的部分不受影响。</p>}
      onSay={(reason) => act.mutateAsync(reason)}
    />
  )
}

/** Exactly the verbs the server says this person may do now. */
export const RequestActions = ({ request }: { request: RequestDetail }) => (
  <>
    {request.can.includes('save') && (
      <LinkButton type="primary" to={`/sharing/requests/${request.request_id}/edit`}>
        继续填写
      </LinkButton>
    )}
    {SAYINGS.filter(({ verb }) => request.can.includes(verb)).map((saying) => (
      <Say key={saying.verb} request={request} saying={saying} />
    ))}
    {request.can.includes('coordinate') && <CoordinateButton request={request} />}
    {request.can.includes('withdraw') && <Withdraw request={request} />}
  </>
)
