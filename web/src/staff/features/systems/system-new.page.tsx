import { systems } from '@sanjiang/contract'
import type { SystemDraft } from '@sanjiang/contract/systems'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Form } from 'antd'
import { useNavigate } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'
import { cleaned, SystemForm } from './system-form.tsx'

export const SystemNewPage = () => {
  const { organ_id } = useSession()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<SystemDraft>()
  const act = useMutation({
    mutationFn: (draft: SystemDraft) => call(systems.registerSystem, { body: cleaned(draft) }),
    onSuccess: ({ system_id }) => {
      void client.invalidateQueries({ queryKey: ['systems'] })
      navigate(`/systems/systems/${system_id}`)
    },
    onError: (error) => showFaults(form, error),
  })
  return (
    <Page title="登记信息系统" crumbs={[{ title: '信息系统', to: '/systems/systems' }, { title: '登记' }]}>
      <Panel>
        <SystemForm
          form={form}
          initial={{ organ_id, is_on_cloud: false }}
          hasOrgan
          label="登记"
          isPending={act.isPending}
          onSend={(draft) => act.mutate(draft)}
        />
        {act.isError && <ErrorAlert error={act.error} />}
      </Panel>
    </Page>
  )
}
