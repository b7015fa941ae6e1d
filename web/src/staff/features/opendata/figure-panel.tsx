import { opendata } from '@sanjiang/contract'
import { bindFigure, type Figure } from '@sanjiang/contract/opendata'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OwnResourceSelect } from '../../own-resource-select.tsx'
import { useCan } from '../../session.ts'

/** Which entry of one's own organ carries a group of figures. */
const BindButton = ({ figure: { figure, title, columns, resource_id } }: { readonly figure: Figure }) => {
  const client = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [chosen, setChosen] = useState<string>()
  const bind = useMutation({
    mutationFn: (id: string) => call(bindFigure, { params: { figure }, body: { resource_id: id } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['opendata', 'figures'] })
      setOpen(false)
    },
  })
  const open = () => {
    bind.reset()
    setChosen(undefined)
    setOpen(true)
  }
  return (
    <>
      <Button size="small" onClick={open} aria-label={`指定承载“${title}”的资源`}>
        {resource_id ? '改由别的资源承载' : '指定资源'}
      </Button>
      <Modal
        title={`由哪个资源承载“${title}”`}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => chosen && bind.mutate(chosen)}
        okText="指定"
        cancelText="取消"
        okButtonProps={{ disabled: !chosen, loading: bind.isPending }}
        destroyOnHidden
      >
        <p>
          资源须是本部门已发布的，并有这些英文名的信息项：<span className="mono">{columns.join('、')}</span>
        </p>
        <OwnResourceSelect onChoose={setChosen} />
        {bind.isError && <ErrorAlert error={bind.error} />}
      </Modal>
    </>
  )
}

const columnsOf = (canPropose: boolean): readonly Column<Figure>[] => [
  {
    title: '统计',
    kind: 'lead',
    render: (one) => (
      <>
        {one.title}
        <div className="mono small muted">{one.columns.join(' ')}</div>
      </>
    ),
  },
  {
    title: '承载的资源',
    render: (one) =>
      one.resource_id ? (
        <>
          <Link to={`/catalog/resources/${one.resource_id}`}>{one.resource_name ?? '目录已下架'}</Link>
          <div className="muted small">{one.bound_by_name} 指定</div>
        </>
      ) : (
        <span className="muted">本部门没有</span>
      ),
  },
  {
    title: '数值最近变化',
    kind: 'fix',
    render: (one) => (
      <>
        {one.staged_on ?? <span className="muted">还没有</span>}
        {one.trouble && <div className="small">未能统计：{one.trouble}</div>}
      </>
    ),
  },
  ...(canPropose ? [{ title: '操作', render: (one: Figure) => <BindButton figure={one} /> }] : []),
]

/** Figures the platform computes from its own records; an entry of the catalogue carries each to the public. */
export const FigurePanel = () => {
  const canPropose = useCan('opendata.release.propose')
  const query = useQuery({
    queryKey: ['opendata', 'figures'],
    queryFn: () => call(opendata.listFigures, {}),
  })
  return (
    <Panel title="平台统计">
      <p className="sub">平台按自己的记录统计；指定承载的资源后，数值有变就成为新的一版，再照常提出开放。</p>
      <Loaded query={query}>
        {(figures) => (
          <Listing
            caption="可自动统计的数据"
            rows={figures}
            columns={columnsOf(canPropose)}
            rowKey={({ figure }) => figure}
          />
        )}
      </Loaded>
    </Panel>
  )
}
