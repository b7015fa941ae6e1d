import { type EditionDetail, type LayerChange, type Standard, saveEdition } from '@sanjiang/contract/catalog'
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { type Column, Listing, Nothing } from '../../../../ui/listing.tsx'
import { StateTag } from '../../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../../ui/states.tsx'
import { call } from '../../../api.ts'
import { ChangeForm } from './change-form.tsx'
import { useEditionChanged } from './edition.query.ts'
import { BLANKS, changeText, kindTitle } from './layer-text.ts'

interface Row {
  readonly at: number
  readonly change: LayerChange
  readonly faults: readonly string[]
}

const rowsOf = ({ layer, faults }: EditionDetail): Row[] =>
  layer.map((change, at) => ({
    at,
    change,
    faults: faults.filter(({ index }) => index === at).map(({ message }) => message),
  }))

const columnsOf = (standard: Standard): Column<Row>[] => [
  {
    title: '改动',
    kind: 'lead',
    render: ({ change, faults }) => (
      <>
        {changeText(change, standard)}
        {faults.map((fault) => (
          <p key={fault} className="rule-text error">
            {fault}
          </p>
        ))}
      </>
    ),
    text: ({ change }) => changeText(change, standard),
  },
  { title: '种类', render: ({ change }) => <StateTag tone="info">{kindTitle(change)}</StateTag> },
  { title: '依据或说明', render: ({ change }) => change.note ?? '—', text: ({ change }) => change.note },
]

interface Props {
  readonly detail: EditionDetail
  readonly standard: Standard
}

const useSave = ({ edition, layer }: EditionDetail) => {
  const changed = useEditionChanged()
  return useMutation({
    mutationFn: (next: { layer?: readonly LayerChange[]; dialect?: string; note?: string }) =>
      call(saveEdition, {
        params: { standard: edition.id, version: edition.version },
        body: {
          revision: edition.revision,
          dialect: next.dialect ?? edition.dialect,
          note: next.note ?? edition.note,
          layer: [...(next.layer ?? layer)],
        },
      }),
    onSuccess: changed,
  })
}

const Head = ({ detail, save }: { detail: EditionDetail; save: ReturnType<typeof useSave> }) => {
  const [dialect, setDialect] = useState(detail.edition.dialect)
  const [note, setNote] = useState(detail.edition.note)
  const isChanged = dialect !== detail.edition.dialect || note !== detail.edition.note
  return (
    <div className="stack">
      <label htmlFor="dialect">
        方言名称
        <Input id="dialect" value={dialect} maxLength={40} onChange={({ target }) => setDialect(target.value)} />
      </label>
      <label htmlFor="note">
        起草说明
        <Input id="note" value={note} maxLength={1000} onChange={({ target }) => setNote(target.value)} />
      </label>
      {isChanged && (
        <p>
          <Button disabled={!dialect.trim()} loading={save.isPending} onClick={() => save.mutate({ dialect, note })}>
            保存名称与说明
          </Button>
        </p>
      )}
    </div>
  )
}

/** The dialect, change by change: what the province does otherwise than the nation, and why. */
export const LayerView = ({ detail, standard }: Props) =>
  detail.layer.length === 0 ? (
    <Nothing>{detail.edition.base_version === null ? '这是国家标准本身，没有地方扩展。' : '还没有地方扩展。'}</Nothing>
  ) : (
    <Listing caption="地方扩展" rows={rowsOf(detail)} columns={columnsOf(standard)} rowKey={({ at }) => String(at)} />
  )

export const LayerEditor = ({ detail, standard }: Props) => {
  const save = useSave(detail)
  const [open, setOpen] = useState<{ at: number; change: LayerChange } | null>(null)
  const { layer } = detail
  const put = (change: LayerChange | null) => {
    if (change && open) save.mutate({ layer: layer.toSpliced(open.at, open.at < layer.length ? 1 : 0, change) })
    setOpen(null)
  }
  const tools: Column<Row> = {
    title: '',
    render: ({ at, change }) => (
      <span className="row">
        <Button size="small" onClick={() => setOpen({ at, change })}>
          改
        </Button>
        <Button
          size="small"
          danger
          disabled={save.isPending}
          onClick={() => save.mutate({ layer: layer.toSpliced(at, 1) })}
          aria-label={`删去第 ${at + 1} 处`}
        >
          删
        </Button>
      </span>
    ),
  }
  return (
    <div className="stack">
      <Head key={detail.edition.revision} detail={detail} save={save} />
      {save.isError && <ErrorAlert error={save.error} />}
      {layer.length === 0 ? (
        <Nothing>还没有地方扩展；从“增加一处”开始。</Nothing>
      ) : (
        <Listing
          caption="地方扩展"
          rows={rowsOf(detail)}
          columns={[...columnsOf(standard), tools]}
          rowKey={({ at }) => String(at)}
        />
      )}
      <Button type="primary" onClick={() => setOpen({ at: layer.length, change: BLANKS.field_added })}>
        增加一处
      </Button>
      <ChangeForm key={open ? `${open.at}` : 'closed'} change={open?.change ?? null} standard={standard} onDone={put} />
    </div>
  )
}
