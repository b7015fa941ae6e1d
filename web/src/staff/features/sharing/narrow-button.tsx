import { sharing } from '@sanjiang/contract'
import type { GrantDetail, MaskRule, Narrowing, Quota, RowCondition } from '@sanjiang/contract/sharing'
import { Button, Checkbox, Drawer, Form, Input } from 'antd'
import { useState } from 'react'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useGrantAct } from './grant-act.ts'
import { MaskSelect } from './mask-select.tsx'
import { QuotaInput } from './quota-input.tsx'
import { RowConditionsInput } from './row-conditions-input.tsx'

interface Fields {
  readonly items: Record<string, { kept: boolean; mask_rule: MaskRule }>
  readonly row_conditions: RowCondition[]
  readonly quota: Quota
  readonly ends_on: string
  readonly allows_low_assurance: boolean
  readonly reason: string
}

const initialOf = (grant: GrantDetail): Fields => ({
  items: Object.fromEntries(grant.items.map(({ item_id, mask_rule }) => [item_id, { kept: true, mask_rule }])),
  row_conditions: grant.row_conditions,
  quota: { count: grant.quota_count, period: grant.quota_period },
  ends_on: grant.ends_on,
  allows_low_assurance: grant.allows_low_assurance,
  reason: '',
})

const toNarrowing = (version: number, { items, ...rest }: Fields): Narrowing => ({
  ...rest,
  version,
  items: Object.entries(items)
    .filter(([, { kept }]) => kept)
    .map(([item_id, { mask_rule }]) => ({ item_id, mask_rule })),
})

const NarrowForm = ({ grant, onDone }: { grant: GrantDetail; onDone: () => void }) => {
  const [form] = Form.useForm<Fields>()
  const act = useGrantAct(grant.grant_id, (body: Narrowing) =>
    call(sharing.narrowGrant, { params: { id: grant.grant_id }, body }),
  )
  const finish = () => act.mutate(toNarrowing(grant.version, form.getFieldsValue(true)), { onSuccess: onDone })
  return (
    <Form form={form} layout="vertical" initialValues={initialOf(grant)} onFinish={finish}>
      <p className="muted">授权只能收窄：去掉信息项、加严脱敏、缩小范围、减少次数、缩短期限。扩大须重新申请。</p>
      <ul className="plain" aria-label="保留的信息项" style={{ marginBottom: '1rem' }}>
        {grant.items.map(({ item_id, name, mask_rule }) => (
          <li key={item_id} className="choice unconditional">
            <Form.Item name={['items', item_id, 'kept']} valuePropName="checked" noStyle>
              <Checkbox style={{ flex: '1 1 8rem' }}>{name}</Checkbox>
            </Form.Item>
            <Form.Item name={['items', item_id, 'mask_rule']} noStyle>
              <MaskSelect from={mask_rule} label={`${name}的脱敏`} />
            </Form.Item>
          </li>
        ))}
      </ul>
      <Form.Item name="row_conditions" label="记录范围">
        <RowConditionsInput items={grant.items} />
      </Form.Item>
      <Form.Item name="quota" label="调用次数上限" htmlFor="narrow-quota">
        <QuotaInput id="narrow-quota" />
      </Form.Item>
      <Form.Item name="ends_on" label="期限止">
        <Input type="date" max={grant.ends_on} />
      </Form.Item>
      {grant.allows_low_assurance && (
        <Form.Item name="allows_low_assurance" valuePropName="checked">
          <Checkbox>仍可用四头签名</Checkbox>
        </Form.Item>
      )}
      <Form.Item
        name="reason"
        label="收窄原因"
        rules={[{ required: true, whitespace: true, message: '请填写收窄原因' }]}
      >
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      {act.isError && <ErrorAlert error={act.error} />}
      <Button type="primary" htmlType="submit" loading={act.isPending}>
        收窄为第 {grant.version + 1} 版，立即生效
      </Button>
    </Form>
  )
}

export const NarrowButton = ({ grant }: { grant: GrantDetail }) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>收窄</Button>
      <Drawer title="收窄授权" open={isOpen} onClose={() => setOpen(false)} size="large" destroyOnHidden>
        <NarrowForm grant={grant} onDone={() => setOpen(false)} />
      </Drawer>
    </>
  )
}
