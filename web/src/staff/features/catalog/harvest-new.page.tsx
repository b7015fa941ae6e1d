import { createHarvestSource } from '@sanjiang/contract/catalog'
import { useNavigate } from 'react-router'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { HarvestForm } from './harvest-form.tsx'

export const HarvestNewPage = () => {
  const navigate = useNavigate()
  return (
    <Page title="登记汇聚来源" crumbs={[{ title: '目录汇聚', to: '/catalog/harvest' }]}>
      <HarvestForm
        onSave={async (body) => {
          const { source_id } = await call(createHarvestSource, { body })
          navigate(`/catalog/harvest/${source_id}?tab=preview`)
        }}
      />
    </Page>
  )
}
