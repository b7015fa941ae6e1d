import type { DatasetVersionsView } from '@sanjiang/contract/site.dataset'
import type { SiteVersion, VersionChange } from '@sanjiang/contract/site.file'
import { Checksum, FileList } from './file-list.tsx'
import { DatasetFrame } from './top.tsx'

const changeText = ({ rows, columns_added, columns_removed, columns_changed }: VersionChange): string =>
  [
    rows === 0 ? '行数不变' : `${rows > 0 ? '多' : '少'} ${Math.abs(rows).toLocaleString('zh-CN')} 行`,
    columns_added.length > 0 ? `新增字段 ${columns_added.join('、')}` : '',
    columns_removed.length > 0 ? `去掉字段 ${columns_removed.join('、')}` : '',
    columns_changed.length > 0 ? `字段说明有变 ${columns_changed.join('、')}` : '',
  ]
    .filter(Boolean)
    .join('，')

const Version = ({ slug, version }: { readonly slug: string; readonly version: SiteVersion }) => (
  <li>
    <h3>
      第 {version.edition_no} 版{version.is_current && '（当前）'}
    </h3>
    <p>
      数据截至 {version.data_on}，{version.carried_on} 送出，{version.row_count.toLocaleString('zh-CN')} 行、
      {version.column_count} 个字段
    </p>
    {version.change && <p>与上一版相比：{changeText(version.change)}</p>}
    {version.note && <p>{version.note}</p>}
    <Checksum sha256={version.digest} title="数据摘要 SHA-256" />
    {version.files.length === 0 && !version.is_current && (
      <p className="meta">这一版在文件制成之前已被下一版替换，没有可下载的文件。</p>
    )}
    {version.files.length > 0 && !version.is_current && (
      <details>
        <summary>这一版的文件（{version.files.length} 个）</summary>
        <FileList slug={slug} files={version.files} omitted={version.omitted} />
      </details>
    )}
  </li>
)

export const VersionsPage = ({ top, versions }: DatasetVersionsView) => (
  <DatasetFrame top={top} tab="versions">
    <h2>历史版本</h2>
    <p className="meta">
      每送出一次数据就是一版；旧版的文件和校验值保留。程序请读{' '}
      <a href={`/datasets/${top.content.slug}/versions.json`}>JSON</a>。
    </p>
    {versions.length === 0 ? (
      <p>还没有送出过数据。</p>
    ) : (
      <ol className="versions">
        {versions.map((version) => (
          <Version key={version.edition_no} slug={top.content.slug} version={version} />
        ))}
      </ol>
    )}
  </DatasetFrame>
)
