import { catalog, gateway } from '@sanjiang/contract'
import type { Service } from '@sanjiang/contract/gateway'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Steps } from 'antd'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OwnResourceSelect } from '../../own-resource-select.tsx'
import { type ItemName, initialFields, type ServiceFields, toDraft } from './service-fields.ts'
import { AddressStep, BindingStep, LimitStep, ParameterStep } from './service-steps.tsx'

interface Resource {
  readonly resource_id: string
  readonly code: string
  readonly name: string
  readonly items: readonly ItemName[]
}

const STEPS = [
  { title: '地址', fields: ['body_kind', 'method', 'url'] },
  { title: '参数', fields: ['parameters'] },
  { title: '信息项', fields: ['rows_pointer', 'fields'] },
  { title: '规则与限额', fields: ['ok_pointer', 'ok_values', 'timeout_ms', 'max_bytes', 'concurrency'] },
] as const

const stepOfFault = (error: unknown): number => {
  const field = (error as { problem?: { fields?: { field: string }[] } }).problem?.fields?.[0]?.field.split('.')[0]
  return STEPS.findIndex(({ fields }) => (fields as readonly string[]).includes(field ?? ''))
}

const Wizard = ({ resource, service }: { resource: Resource; service: Service | undefined }) => {
  const [step, setStep] = useState(0)
  const [form] = Form.useForm<ServiceFields>()
  const navigate = useNavigate()
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: (fields: ServiceFields) => {
      const body = toDraft(resource.resource_id, fields)
      return service
        ? call(gateway.changeService, { params: { id: service.service_id }, body })
        : call(gateway.attachService, { body })
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['gateway'] })
      navigate('/gateway/services')
    },
    onError: (error) => {
      showFaults(form, error)
      setStep(Math.max(0, stepOfFault(error)))
    },
  })
  const isLast = step === STEPS.length - 1
  const next = async () => {
    await form.validateFields([...(STEPS[step]?.fields ?? [])] as never, { recursive: true })
    setStep(step + 1)
  }
  const send = async () => {
    await form.validateFields()
    act.mutate(form.getFieldsValue(true))
  }
  return (
    <Page
      title={service ? `变更“${resource.name}”的接口` : `为“${resource.name}”挂接接口`}
      crumbs={[{ title: '接口服务', to: '/gateway/services' }, { title: resource.code }]}
      sub={
        service
          ? `现为第 ${service.version} 版；保存后生成新版本，网关立即按新版本转发`
          : '挂接后，获授权的应用系统即可经网关调用'
      }
    >
      <Panel>
        <Steps current={step} onChange={setStep} items={STEPS.map(({ title }) => ({ title }))} size="small" />
        <Form form={form} layout="vertical" initialValues={initialFields(service)} style={{ marginTop: '1.25rem' }}>
          <div hidden={step !== 0}>
            <AddressStep form={form} resourceId={resource.resource_id} />
          </div>
          <div hidden={step !== 1}>
            <ParameterStep items={resource.items} />
          </div>
          <div hidden={step !== 2}>
            <BindingStep form={form} items={resource.items} />
          </div>
          <div hidden={step !== 3}>
            <LimitStep />
          </div>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
        <div className="row" style={{ marginTop: '1rem' }}>
          {step > 0 && <Button onClick={() => setStep(step - 1)}>上一步</Button>}
          {isLast ? (
            <Button type="primary" loading={act.isPending} onClick={() => void send().catch(() => undefined)}>
              {service ? '保存新版本' : '挂接'}
            </Button>
          ) : (
            <Button type="primary" onClick={() => void next().catch(() => undefined)}>
              下一步
            </Button>
          )}
        </div>
      </Panel>
    </Page>
  )
}

const Choose = () => {
  const [, setSearch] = useSearchParams()
  return (
    <Page title="挂接接口服务" crumbs={[{ title: '接口服务', to: '/gateway/services' }, { title: '选择资源' }]}>
      <Panel title="为哪个资源">
        <OwnResourceSelect onChoose={(resource) => setSearch({ resource }, { replace: true })} />
      </Panel>
    </Page>
  )
}

const loadResource = async (id: string) => {
  const detail = await call(catalog.getResource, { params: { id }, query: { copy: 'published' } })
  const { rows } = await call(gateway.listServices, { query: { resource_id: id } })
  const resource: Resource = {
    resource_id: id,
    code: detail.code ?? '',
    name: detail.content.name,
    items: detail.content.items.map(({ name, name_en }) => ({ name, name_en })),
  }
  return { resource, service: rows.find(({ state }) => state === 'attached') }
}

/** Attaches a service to a resource, or changes the one attached. */
export const ServiceEditPage = () => {
  const [search] = useSearchParams()
  const id = search.get('resource')
  const query = useQuery({
    queryKey: ['gateway', 'services', 'edit', id],
    queryFn: () => loadResource(id ?? ''),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  if (!id) return <Choose />
  return <Loaded query={query}>{(loaded) => <Wizard key={id} {...loaded} />}</Loaded>
}
