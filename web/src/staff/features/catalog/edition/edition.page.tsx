import { type EditionDetail, withdrawEdition } from '@sanjiang/contract/catalog'
import { useParams } from 'react-router'
import { AskButton } from '../../../../ui/ask.tsx'
import { Facts, PageHead, Panel } from '../../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../../ui/states.tsx'
import { TabLinks } from '../../../../ui/tab-links.tsx'
import { call } from '../../../api.ts'
import { useCan } from '../../../session.ts'
import { PageLoading } from '../../../shell/page-states.tsx'
import { AdoptButton } from './adopt-button.tsx'
import { type EditionParams, useEdition, useEditionChanged, useStandardVersion } from './edition.query.ts'
import { PhaseTag, termOf } from './edition.words.tsx'
import { EditionDiff } from './edition-diff.tsx'
import { EffectPanel } from './effect-panel.tsx'
import { LayerEditor, LayerView } from './layer-editor.tsx'
import { StandardView } from './standard-view.tsx'
import '../editor.css'
import '../resource.css'

const CRUMBS = [{ title: '目录标准', to: '/catalog/standard' }]

const Actions = ({ edition }: Pick<EditionDetail, 'edition'>) => {
  const changed = useEditionChanged()
  const params = { standard: edition.id, version: edition.version }
  return (
    <>
      {edition.can.includes('adopt') && <AdoptButton edition={edition} />}
      {edition.can.includes('withdraw') && (
        <AskButton
          label="撤回草稿"
          field="理由"
          min={5}
          danger
          onSay={async (reason) => changed(await call(withdrawEdition, { params, body: { reason } }))}
        />
      )}
    </>
  )
}

const Content = ({ detail, params }: { detail: EditionDetail; params: EditionParams }) => {
  const query = useStandardVersion(params, detail.edition.revision)
  const isDraft = detail.edition.can.includes('save')
  return (
    <Loaded query={query}>
      {(standard) =>
        isDraft ? (
          <LayerEditor detail={detail} standard={standard} />
        ) : (
          <LayerView detail={detail} standard={standard} />
        )
      }
    </Loaded>
  )
}

const Whole = ({ detail, params }: { detail: EditionDetail; params: EditionParams }) => (
  <Loaded query={useStandardVersion(params, detail.edition.revision)}>
    {(standard) => <StandardView standard={standard} layer={detail.layer} />}
  </Loaded>
)

const View = ({ detail, params }: { detail: EditionDetail; params: EditionParams }) => {
  const { edition, base } = detail
  const canTry = useCan('catalog.standard.edit')
  const canAdopt = useCan('catalog.standard.adopt')
  const tabs = [
    {
      key: 'layer',
      title: `地方扩展（${detail.layer.length}）`,
      body: () => <Content detail={detail} params={params} />,
    },
    {
      key: 'diff',
      title: '差异',
      body: () => <EditionDiff {...params} from={edition.from_version ?? edition.base_version ?? 1} />,
    },
    ...(canTry
      ? [
          {
            key: 'effect',
            title: '影响试算',
            body: () => <EffectPanel params={params} canTry={edition.can.includes('try')} />,
          },
        ]
      : []),
    { key: 'whole', title: '全文', body: () => <Whole detail={detail} params={params} /> },
  ]
  return (
    <div className="page">
      <PageHead
        crumbs={CRUMBS}
        title={`第 ${edition.version} 版 · ${edition.dialect}`}
        sub={
          <span className="row">
            <PhaseTag phase={edition.phase} />
            <span>
              《{edition.title}》{edition.document_no}
            </span>
          </span>
        }
        actions={<Actions edition={edition} />}
      />
      <Panel>
        <Facts
          of={[
            ['构成', base ? `国家标准第 ${base.version} 版，加地方扩展 ${detail.layer.length} 处` : '国家标准'],
            ['起草', edition.author_name && `${edition.author_name}（据第 ${edition.from_version} 版）`],
            ['说明', edition.note],
            ['采纳', edition.adopted_by_name && `${edition.adopted_by_name}，${edition.adopted_on}`],
            ['施行', termOf(edition)],
            ['过渡期至', edition.transition_until],
            ['撤回理由', edition.withdraw_reason],
            ['核对', edition.verified ? '已与印发原件核对' : '未核'],
            [
              '采纳须知',
              edition.phase === 'draft' &&
                !edition.can.includes('adopt') &&
                canAdopt &&
                '您起草或改动过本草稿，须由另一人采纳',
            ],
          ]}
        />
      </Panel>
      <TabLinks label="版次内容" tabs={tabs} />
    </div>
  )
}

/** One version of the standard: its dialect, what it changes, what that does to the catalogue, and its adoption (T2.1, P14). */
export const EditionPage = () => {
  const { standard = '', version = '0' } = useParams()
  const params = { standard, version: Number(version) }
  const query = useEdition(params)
  if (query.isPending) return <PageLoading />
  if (query.isError)
    return (
      <div className="page">
        <PageHead title="标准版次" crumbs={CRUMBS} />
        <ErrorAlert error={query.error} />
      </div>
    )
  return <View key={`${standard} ${version}`} detail={query.data} params={params} />
}
