import {
  COLUMN_ROLES,
  LICENCES,
  type OpenColumn,
  type ReleaseDetail,
  type ReleaseState,
  SHAPINGS,
} from '@sanjiang/contract/opendata'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'

const COLUMNS: readonly Column<OpenColumn>[] = [
  { title: '列', kind: 'lead', render: (one) => one.title, text: (one) => one.title },
  { title: '列名', kind: 'fix', render: (one) => <span className="mono">{one.name}</span>, text: (one) => one.name },
  { title: '去标识', kind: 'fix', render: (one) => SHAPINGS.titles[one.shaping], text: (one) => one.shaping },
  {
    title: '用途',
    kind: 'fix',
    render: (one) => (one.role ? `${COLUMN_ROLES.titles[one.role]}${one.unit ? `（${one.unit}）` : ''}` : ''),
    text: (one) => one.role,
  },
]

const TITLES: Readonly<Record<ReleaseState, string>> = {
  review: '公众将看到',
  released: '公众看到的',
  replaced: '公众曾看到的',
  withdrawn: '撤回前公众看到的',
  rejected: '提出时写的',
  recalled: '提出时写的',
}

/** What the public will see, letter by letter: nothing that does not stand here goes out. */
export const ReleaseContent = ({ release: { state, content } }: { readonly release: ReleaseDetail }) => (
  <Panel title={TITLES[state]}>
    <div className="stack">
      <Facts
        of={[
          ['名称', content.title],
          ['摘要', content.summary],
          ['提供部门', content.organ_name],
          ['主题', content.theme_title],
          [
            '怎样使用',
            content.open_type === 'unconditional' ? '直接使用' : `申请后使用：${content.open_condition ?? ''}`,
          ],
          ['样例', content.shows_sample && '申请页上显示前五行'],
          ['许可', LICENCES.titles[content.licence]],
          ['联系', content.contact],
          ['关键词', content.keywords.join('、')],
          ['信息项', content.rows ? null : content.items.map(({ name }) => name).join('、')],
        ]}
      />
      {content.rows && (
        <Listing caption="送出的列" rows={content.rows.columns} columns={COLUMNS} rowKey={(one) => one.name} />
      )}
    </div>
  </Panel>
)
