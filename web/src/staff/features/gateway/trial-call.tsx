import { gateway } from '@sanjiang/contract'
import type { ServiceFace } from '@sanjiang/contract/gateway'
import { type Grant, PURPOSES } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import type { ClientKeyPair } from '../../client-key.ts'
import { useSession } from '../../session.ts'
import { type Answer, type Called, makeCall, type OpenSession, openSession, send, TrialRefused } from './trial.ts'
import { TrialTranscript } from './trial-transcript.tsx'

interface Fields {
  readonly method: 'GET' | 'POST'
  readonly parameters: Record<string, string>
  readonly case_no: string
  readonly officer: string
}

interface Done {
  readonly opened: OpenSession
  readonly called: Called
  readonly counter: number
}

const isStillOpen = (opened: OpenSession | undefined): opened is OpenSession =>
  opened !== undefined && Date.parse(opened.session.expires_at) - Date.now() > 10_000

/** Signs in when there is no session, then signs and sends one call; each call takes the next counter. */
const useTrial = (grant: Grant, pair: ClientKeyPair) => {
  const [done, setDone] = useState<Done>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const run = async (fields: Fields) => {
    setBusy(true)
    setError(undefined)
    try {
      const held = isStillOpen(done?.opened) ? done.opened : undefined
      const opened = held ?? (await openSession(pair, grant.client_id as string))
      const counter = held ? (done?.counter ?? 0) + 1 : 1
      const called = await makeCall(opened.session, {
        ...fields,
        resource_code: grant.resource_code,
        purpose: { code: grant.purpose_code, ref: grant.purpose_ref },
        grant_id: grant.grant_id,
        parameters: fields.parameters ?? {},
        case_no: fields.case_no ?? '',
        counter,
      })
      setDone({ opened, called, counter })
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return { done, error, isBusy, run }
}

const ParameterFields = ({ face, grant }: { face: ServiceFace; grant: Grant }) => {
  const nameOf = (item: string | null | undefined) => grant.items.find(({ name_en }) => name_en === item)?.name
  return (
    <div className="filters">
      {face.parameters.map(({ name, required, item }) => (
        <Form.Item
          key={name}
          name={['parameters', name]}
          label={nameOf(item) ? `${nameOf(item)}（${name}）` : name}
          rules={[{ required, message: `请填写 ${name}` }]}
        >
          <Input autoComplete="off" />
        </Form.Item>
      ))}
    </div>
  )
}

/** Shows that the signature means something: the same bytes again, and one byte changed, are both turned away. */
const Attacks = ({ called }: { called: Called }) => {
  const [tried, setTried] = useState<{ what: string; answer: Answer }>()
  const attempt = async (what: string, change: Partial<Called['request']>) =>
    setTried({ what, answer: await send({ ...called.request, ...change }) })
  const forged = { ...called.request.headers, 'sanjiang-officer': encodeURIComponent('冒名者') }
  return (
    <div className="stack">
      <div className="row">
        <Button onClick={() => attempt('原样再发一次', {})}>原样重放</Button>
        <Button onClick={() => attempt('经办人改成“冒名者”', { headers: forged })}>改动经办人再发</Button>
      </div>
      {tried && (
        <Alert
          type={tried.answer.status >= 400 ? 'success' : 'error'}
          showIcon
          title={`${tried.what}：网关答 ${tried.answer.status}`}
          description={tried.answer.body.slice(0, 400)}
        />
      )}
    </div>
  )
}

const Refusal = ({ error }: { error: unknown }) =>
  error instanceof TrialRefused ? (
    <Alert type="error" showIcon role="alert" title="网关没有让签到" description={error.message} />
  ) : (
    <ErrorAlert error={error} />
  )

const Console = ({ grant, pair, face }: { grant: Grant; pair: ClientKeyPair; face: ServiceFace }) => {
  const { name } = useSession()
  const [form] = Form.useForm<Fields>()
  const trial = useTrial(grant, pair)
  return (
    <>
      <Panel title="3　请求">
        <Facts
          of={[
            [
              '网关地址',
              <span key="address" className="mono">
                {face.address}
              </span>,
            ],
            ['用途', `${PURPOSES.titles[grant.purpose_code]} · ${grant.purpose_ref}`],
          ]}
        />
        <Form
          form={form}
          layout="vertical"
          initialValues={{ method: 'GET', officer: name, case_no: '' }}
          onFinish={trial.run}
          style={{ marginTop: '1rem' }}
        >
          <ParameterFields face={face} grant={grant} />
          <div className="filters">
            <Form.Item name="case_no" label="办件编号">
              <Input autoComplete="off" placeholder="如 QH2017110001" />
            </Form.Item>
            <Form.Item name="officer" label="经办人" rules={[{ required: true, message: '须说明经办人' }]}>
              <Input autoComplete="off" />
            </Form.Item>
            <Form.Item name="method" label="方法">
              <Radio.Group optionType="button" options={['GET', 'POST']} />
            </Form.Item>
          </div>
          <Button type="primary" htmlType="submit" loading={trial.isBusy}>
            {trial.done ? '再签一次，发送' : '签到、签名、发送'}
          </Button>
        </Form>
        {trial.error !== undefined && <Refusal error={trial.error} />}
      </Panel>
      {trial.done && (
        <>
          <TrialTranscript called={trial.done.called} signIn={trial.done.opened.acts} grant={grant} />
          <Panel title="试试看：签名挡得住什么">
            <Attacks key={trial.done.counter} called={trial.done.called} />
          </Panel>
        </>
      )}
    </>
  )
}

export const TrialCall = ({ grant, pair }: { grant: Grant; pair: ClientKeyPair }) => {
  const query = useQuery({
    queryKey: ['gateway', 'face', grant.resource_id],
    queryFn: () => call(gateway.getServiceFace, { params: { id: grant.resource_id } }),
  })
  return (
    <Loaded query={query}>
      {(face) =>
        face ? (
          <Console grant={grant} pair={pair} face={face} />
        ) : (
          <Alert type="warning" showIcon title="提供方还没有为这个资源挂接接口" />
        )
      }
    </Loaded>
  )
}
