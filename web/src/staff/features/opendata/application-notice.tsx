import { opendata } from '@sanjiang/contract'
import { type ApplicationDetail, MISSING_PARTS, type MissingPart } from '@sanjiang/contract/opendata'
import { Button, Checkbox, Form, Input } from 'antd'
import { useState } from 'react'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useMatterAct } from './matter-act.ts'

type Texts = Partial<Record<MissingPart, string>>

/** Everything that is missing, at once: a box for each part, and what is to be supplied. */
export const NoticeForm = ({ application }: { readonly application: ApplicationDetail }) => {
  const { application_id, revision } = application
  const [form] = Form.useForm<Texts>()
  const [chosen, setChosen] = useState<readonly MissingPart[]>([])
  const act = useMatterAct((texts: Texts) =>
    call(opendata.noticeApplication, {
      params: { id: application_id },
      body: { revision, parts: chosen.map((code) => ({ code, text: texts[code] ?? '' })) },
    }),
  )
  const toggle = (code: MissingPart, isOn: boolean) =>
    setChosen(isOn ? [...chosen, code] : chosen.filter((one) => one !== code))
  return (
    <Panel title="一次性告知补正">
      <p>只能告知一次，请列全。申请人补正期间不计入办理时间。</p>
      <Form form={form} layout="vertical" onFinish={(texts) => act.mutate(texts)}>
        {MISSING_PARTS.codes.map((code) => (
          <div key={code}>
            <Checkbox checked={chosen.includes(code)} onChange={(event) => toggle(code, event.target.checked)}>
              {MISSING_PARTS.titles[code]}
            </Checkbox>
            {chosen.includes(code) && (
              <Form.Item
                name={code}
                label={`${MISSING_PARTS.titles[code]}：需要补充什么`}
                rules={[{ required: true, whitespace: true, min: 5, message: '请写明需要补充什么，不少于 5 个字' }]}
              >
                <Input.TextArea rows={2} maxLength={500} />
              </Form.Item>
            )}
          </div>
        ))}
        {act.isError && <ErrorAlert error={act.error} />}
        <Button htmlType="submit" disabled={chosen.length === 0} loading={act.isPending} style={{ marginTop: '.8rem' }}>
          告知补正（{chosen.length} 项）
        </Button>
      </Form>
    </Panel>
  )
}
