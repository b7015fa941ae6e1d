import { chooseStandard, type ResourceDetail } from '@sanjiang/contract/catalog'
import { useMutation } from '@tanstack/react-query'
import { Select } from 'antd'
import { ErrorAlert } from '../../../../ui/states.tsx'
import { call } from '../../../api.ts'
import type { Keeper } from '../draft.ts'
import { useEditions } from './edition.query.ts'

/** While the next version waits for its day, an entry may be written for it already; the form is then the next one's. */
export const ChooseStandard = ({ resource, keeper }: { resource: ResourceDetail; keeper: Keeper }) => {
  const editions = useEditions()
  const choose = useMutation({
    mutationFn: async (version: number) => {
      if (!(await keeper.flush())) throw new Error('请先处理未能保存的内容')
      return call(chooseStandard, { params: { id: resource.resource_id }, body: { version } })
    },
    // Another standard is another form: rules, lists and fields are all read anew.
    onSuccess: () => window.location.reload(),
  })
  const offered = (editions.data ?? []).filter(({ phase }) => phase === 'in_force' || phase === 'scheduled')
  if (offered.length < 2) return null
  return (
    <p>
      <label htmlFor="by-standard">按哪一版标准编制</label>{' '}
      <Select
        id="by-standard"
        value={resource.standard.version}
        loading={choose.isPending}
        onChange={(version: number) => choose.mutate(version)}
        options={offered.map(({ version, dialect, phase, effective_from }) => ({
          value: version,
          label: `第 ${version} 版（${dialect}）${phase === 'in_force' ? '现行' : `${effective_from} 起施行`}`,
        }))}
        popupMatchSelectWidth={false}
      />
      {choose.isError && <ErrorAlert error={choose.error} />}
    </p>
  )
}
