import type { DatasetDownloadsView } from '@sanjiang/contract/site.dataset'
import { FileList } from './file-list.tsx'
import { DatasetFrame } from './top.tsx'

/** Which format for what, in the words of whoever has a task and not a format. */
const Advice = () => (
  <details>
    <summary>选哪种格式？怎样核对？</summary>
    <ul>
      <li>用 Excel、WPS 看：XLSX，或“用 Excel 打开”的 CSV。</li>
      <li>导入数据库或统计软件：CSV；数据很大时用 Parquet。</li>
      <li>写程序：JSON；逐行处理用 JSON Lines；只要一部分行用“接口”。</li>
      <li>画地图：GeoJSON，坐标是 CGCS2000 经纬度，与 WGS 84 相差不到一米，不是 GCJ-02。</li>
      <li>与别的系统交换：XML；与别处的数据关联：RDF。</li>
      <li>
        核对下载得对不对：Linux、macOS 用 <code>sha256sum 文件名</code>，Windows 用{' '}
        <code>certutil -hashfile 文件名 SHA256</code>，结果应与校验值相同。
      </li>
    </ul>
  </details>
)

export const DownloadsPage = ({ top, version }: DatasetDownloadsView) => (
  <DatasetFrame top={top} tab="downloads">
    <h2>下载</h2>
    {version && version.files.length > 0 ? (
      <>
        <p>
          第 {version.edition_no} 版，{version.row_count.toLocaleString('zh-CN')} 行，数据截至 {version.data_on}。
          {!top.is_free && '下载要带使用密钥。'}
        </p>
        <FileList slug={top.content.slug} files={version.files} omitted={version.omitted} />
        <Advice />
      </>
    ) : (
      <p>{version ? '文件正在生成，几分钟后可以下载。' : '还没有可以下载的文件。'}</p>
    )}
  </DatasetFrame>
)
