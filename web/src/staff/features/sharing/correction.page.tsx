import { sharing } from '@sanjiang/contract'
import { CORRECTION_RESULTS, type CorrectionDetail, MARKS, RECORD_KEY_KINDS } from '@sanjiang/contract/sharing'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { Link, useParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { optionsOf } from './sharing.words.tsx'

type Answer = { result: keyof typeof CORRECTION_RESULTS.titles; text: string }

const AnswerForm = ({ correction }: { correction: CorrectionDetail }) => {
  const client = useQueryClient()
  const [form] = Form.useForm<Answer>()
  const act = useMutation({
    mutationFn: (body: Answer) => call(sharing.answerCorrection, { params: { id: correction.correction_id }, body }),
    onSuccess: (after) => {
      client.setQueryData(['sharing', 'correction', correction.correction_id], after)
      void client.invalidateQueries({ queryKey: ['sharing', 'corrections'] })
      void client.invalidateQueries({ queryKey: ['inbox'] })
    },
  })
  return (
    <Panel title="答复校核结果">
      <Form form={form} layout="vertical" onFinish={(body) => act.mutate(body)}>
        <Form.Item name="result" label="结果" rules={[{ required: true, message: '请选择结果' }]}>
          <Radio.Group options={optionsOf(CORRECTION_RESULTS.titles)} />
        </Form.Item>
        <Form.Item name="text" label="说明" rules={[{ required: true, min: 5, message: '说明不少于 5 个字' }]}>
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
        {act.isError && <ErrorAlert error={act.error} />}
        <Button type="primary" htmlType="submit" loading={act.isPending}>
          答复
        </Button>
      </Form>
    </Panel>
  )
}

const View = ({ correction }: { correction: CorrectionDetail }) => (
  <Page
    title={`“${correction.item_name}”纠错`}
    crumbs={[{ title: '数据纠错', to: '/sharing/corrections' }, { title: correction.resource_name }]}
    sub={<Link to={`/catalog/resources/${correction.resource_id}`}>{correction.resource_name}</Link>}
  >
    <div className="split">
      <div>
        <Panel title="疑义">
          <Facts
            of={[
              [
                RECORD_KEY_KINDS.titles[correction.record_key_kind],
                <span key="key" className="mono">
                  {correction.record_key ?? correction.record_key_masked}
                </span>,
              ],
              ['现在的值', correction.wrong_value || '（空）'],
              ['建议的值', correction.suggested_value],
              ['依据', correction.evidence],
              ['业务', correction.business_continued ? '照常办理' : '暂停，等待校核'],
            ]}
          />
        </Panel>
        {correction.result && (
          <Panel title="校核结果">
            <Facts
              of={[
                ['结果', CORRECTION_RESULTS.titles[correction.result]],
                ['说明', correction.answer_text],
                ['答复', `${correction.answered_by_name} · ${correction.answered_on}`],
              ]}
            />
          </Panel>
        )}
        {correction.can.includes('answer') && <AnswerForm correction={correction} />}
      </div>
      <Panel title="办理">
        <Facts
          of={[
            ['时限', <ClockBar key="clock" clock={correction.clock} />],
            ['截止', correction.clock.due_on],
            ['依据', correction.clock.clause],
            ['提出', `${correction.consumer_name} ${correction.raised_by_name} ${correction.raised_on}`],
            ['校核', correction.provider_name],
            ['亮牌', correction.marks.map(({ mark, crossed_on }) => `${MARKS.titles[mark]} ${crossed_on}`).join('；')],
          ]}
        />
      </Panel>
    </div>
  </Page>
)

export const CorrectionPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['sharing', 'correction', id],
    queryFn: () => call(sharing.getCorrection, { params: { id } }),
  })
  return <Loaded query={query}>{(correction) => <View correction={correction} />}</Loaded>
}
