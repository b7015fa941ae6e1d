import { systems } from '@sanjiang/contract'
import { type System, type SystemDraft, USAGE_FREQUENCIES, USAGE_SCOPES } from '@sanjiang/contract/systems'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer, Form } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { timeText } from '../../../ui/instant.ts'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { cleaned, SystemForm } from './system-form.tsx'

const draftOf = (system: System): SystemDraft => ({
  organ_id: system.organ_id,
  name: system.name,
  function_desc: system.function_desc,
  usage_scope: system.usage_scope,
  usage_frequency: system.usage_frequency,
  approval_org: system.approval_org,
  approved_on: system.approved_on,
  fund_source: system.fund_source,
  is_on_cloud: system.is_on_cloud,
})

const ChangeButton = ({ system }: { system: System }) => {
  const [isOpen, setOpen] = useState(false)
  const client = useQueryClient()
  const [form] = Form.useForm<SystemDraft>()
  const act = useMutation({
    mutationFn: ({ organ_id: _, ...survey }: SystemDraft) =>
      call(systems.changeSystem, {
        params: { id: system.system_id },
        body: { ...cleaned(survey), version: system.version },
      }),
    onSuccess: (after) => {
      client.setQueryData(['systems', 'system', system.system_id], after)
      void client.invalidateQueries({ queryKey: ['systems', 'systems'] })
      setOpen(false)
    },
    onError: (error) => showFaults(form, error),
  })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        变更登记
      </Button>
      <Drawer title="变更登记" open={isOpen} onClose={() => setOpen(false)} size="large" destroyOnHidden>
        <SystemForm
          form={form}
          initial={draftOf(system)}
          hasOrgan={false}
          label="保存变更"
          isPending={act.isPending}
          onSend={(draft) => act.mutate(draft)}
        />
        {act.isError && <ErrorAlert error={act.error} />}
      </Drawer>
    </>
  )
}

const View = ({ system }: { system: System }) => (
  <Page
    title={system.name}
    crumbs={[{ title: '信息系统', to: '/systems/systems' }, { title: system.organ_name }]}
    sub={<StateTag tone={system.is_on_cloud ? 'good' : 'calm'}>{system.is_on_cloud ? '已上云' : '未上云'}</StateTag>}
    actions={system.can.includes('change') && <ChangeButton system={system} />}
  >
    <div className="split">
      <Panel title="自查登记">
        <Facts
          of={[
            ['使用机构', system.organ_name],
            ['主要功能', system.function_desc],
            ['使用范围', USAGE_SCOPES.titles[system.usage_scope]],
            ['使用频度', USAGE_FREQUENCIES.titles[system.usage_frequency]],
            ['审批部门', system.approval_org ?? '未填'],
            ['批准日期', system.approved_on ?? '未填'],
            ['经费来源', system.fund_source ?? '未填'],
          ]}
        />
      </Panel>
      <Panel title="登记情况">
        <Facts
          of={[
            ['登记日期', system.registered_on],
            ['版本', `第 ${system.version} 版`],
            ['最近变更', timeText(system.changed_at)],
          ]}
        />
      </Panel>
    </div>
  </Page>
)

export const SystemPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['systems', 'system', id],
    queryFn: () => call(systems.getSystem, { params: { id } }),
  })
  return <Loaded query={query}>{(system) => <View system={system} />}</Loaded>
}
