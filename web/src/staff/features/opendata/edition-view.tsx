import { EDITION_SOURCES, type EditionDetail, type OpenRows } from '@sanjiang/contract/opendata'
import { Alert } from 'antd'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { bytesText, EditionStateTag } from './release.words.tsx'

type Fault = EditionDetail['faults'][number]
type Finding = EditionDetail['findings'][number]

const FAULTS: readonly Column<Fault>[] = [
  { title: '行', kind: 'num', render: (one) => (one.row === 0 ? '整份' : one.row), text: (one) => one.row },
  { title: '列', kind: 'lead', render: (one) => one.column || '—', text: (one) => one.column },
  { title: '问题', render: (one) => one.message, text: (one) => one.message },
]

const FINDINGS: readonly Column<Finding>[] = [
  { title: '列', kind: 'lead', render: (one) => one.title, text: (one) => one.title },
  {
    title: '发现',
    render: (one) => (
      <div>
        {one.message}
        <div className="muted">{one.clause}</div>
      </div>
    ),
    text: (one) => one.message,
  },
  { title: '处数', kind: 'num', render: (one) => one.count, text: (one) => one.count },
  {
    title: '最先几处',
    render: (one) => one.first.map(({ row, shown }) => `第 ${row} 行 ${shown}`).join('；'),
    text: (one) => one.first.map(({ row }) => row).join(' '),
  },
]

/** The rows as they would go out: what the second person looks at before agreeing. */
const Sample = ({
  edition: { sample, columns },
  rows,
}: {
  readonly edition: EditionDetail
  readonly rows?: OpenRows
}) => {
  if (!sample) return null
  // What is no column of the release or of the stage says of the one before it why it is filled or empty.
  const titleOf = (name: string) =>
    [...(rows?.columns ?? []), ...columns].find((one) => one.name === name)?.title ?? '状态'
  return (
    // Rows are compared with each other: a table that scrolls, on a phone too. Who has no mouse scrolls it by keys.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard (WCAG 2.1.1)
    <section className="sample-rows" aria-label="样例行" tabIndex={0}>
      <table>
        <caption>样例行（至多 20 行，按送出后的样子）</caption>
        <thead>
          <tr>
            {sample.columns.map((name) => (
              <th key={name} scope="col">
                {titleOf(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sample.rows.map((row) => (
            <tr key={row.join('\t')}>
              {row.map((cell, at) => (
                <td key={sample.columns[at]}>
                  {cell === null ? <span className="muted">空</span> : cell.slice(0, 120)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const suppressionText = ({ suppression }: EditionDetail): string | null =>
  suppression &&
  `小于 ${suppression.threshold} 的 ${suppression.primary} 个单元格不公布；为防止由合计反推，另隐去 ${suppression.secondary} 个${
    suppression.withheld.length > 0 ? `；整列不公布：${suppression.withheld.join('、')}` : ''
  }`

/** One delivery of rows: where it stands, what was wrong with it, what was found in it, how it would look. */
export const EditionView = ({ edition, rows }: { readonly edition: EditionDetail; readonly rows?: OpenRows }) => (
  <Panel title={`数据（第 ${edition.edition_no} 版）`}>
    <div className="stack">
      {edition.state === 'held' && (
        <Alert
          type="error"
          showIcon
          title="这一版已暂扣，不会送出"
          description="须在源头改正后重新上传，或用新的发布去除、遮盖有问题的列；没有人可以放行。"
        />
      )}
      <Facts
        of={[
          ['状态', <EditionStateTag key="state" state={edition.state} />],
          ['来源', `${EDITION_SOURCES.titles[edition.source]}${edition.file_name ? `：${edition.file_name}` : ''}`],
          ['大小', edition.file_bytes === null ? null : bytesText(edition.file_bytes)],
          ['行数', edition.row_count?.toLocaleString('zh-CN')],
          ['数据截至', edition.data_on],
          ['说明', edition.note],
          ['没有采用的列', edition.ignored.join('、')],
          ['小单元格', suppressionText(edition)],
        ]}
      />
      {edition.faults.length > 0 && (
        <Listing
          caption={`读取错误 ${edition.fault_count} 处`}
          rows={edition.faults}
          columns={FAULTS}
          rowKey={(one) => `${one.row} ${one.column} ${one.rule}`}
        />
      )}
      {edition.findings.length > 0 && (
        <Listing
          caption="检查发现"
          rows={edition.findings}
          columns={FINDINGS}
          rowKey={(one) => `${one.column} ${one.rule}`}
        />
      )}
      <Sample edition={edition} rows={rows} />
    </div>
  </Panel>
)
