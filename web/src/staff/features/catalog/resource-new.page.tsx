import { createResource, search } from '@sanjiang/contract/catalog'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { type FormEvent, useDeferredValue, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { PageHead, Panel } from '../../../ui/page-head.tsx'
import { ShareTag } from '../../../ui/share-tag.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'

/** What is catalogued already under nearly the same name: better asked for than written twice. */
const Similar = ({ name }: { name: string }) => {
  const q = useDeferredValue(name.trim())
  const { data } = useQuery({
    queryKey: ['catalog', 'similar', q],
    queryFn: () => call(search, { query: { q, limit: 5 } }),
    enabled: q.length >= 2,
  })
  if (!data || data.rows.length === 0) return null
  return (
    <Panel title="已有相近的资源">
      <ul className="tight">
        {data.rows.map((one) => (
          <li key={one.resource_id}>
            <Link to={`/catalog/resources/${one.resource_id}`}>{one.name}</Link>{' '}
            <span className="muted">{one.provider_name}</span> <ShareTag type={one.share_type} short />
          </li>
        ))}
      </ul>
      <p className="muted">如已由其他部门提供，请申请共享，不重复编目、不重复采集（一数一源）。</p>
    </Panel>
  )
}

/** A name begins an entry; from then on every change is saved. */
export const ResourceNewPage = () => {
  const { organ_name } = useSession()
  const [name, setName] = useState('')
  const navigate = useNavigate()
  const client = useQueryClient()
  const create = useMutation({
    mutationFn: () => call(createResource, { body: { name: name.trim() } }),
    onSuccess: async ({ resource_id }) => {
      await client.invalidateQueries({ queryKey: ['catalog'] })
      navigate(`/catalog/resources/${resource_id}/edit`, { replace: true })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim()) create.mutate()
  }
  return (
    <div className="page narrow">
      <PageHead
        crumbs={[{ title: '编目与审核', to: '/catalog/resources' }, { title: '新条目' }]}
        title="编制目录"
        sub={`为${organ_name}新建一条政务信息资源。`}
      />
      <Panel>
        <form onSubmit={submit}>
          <label htmlFor="new-name">信息资源名称</label>
          <Input
            id="new-name"
            value={name}
            onChange={({ target }) => setName(target.value)}
            maxLength={128}
            placeholder="以所含信息命名，如“低保对象基本信息”，不用系统名称"
            size="large"
            required
            autoFocus
          />
          <p className="muted small">名称以后可以修改；代码在平台审核通过时赋予。</p>
          <Button type="primary" htmlType="submit" loading={create.isPending} disabled={!name.trim()}>
            开始编制
          </Button>
        </form>
        {create.isError && <ErrorAlert error={create.error} />}
      </Panel>
      <Similar name={name} />
    </div>
  )
}
