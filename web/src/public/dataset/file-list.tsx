import { latestHref, type SiteFile, type SiteOmission } from '@sanjiang/contract/site.file'

const UNITS = ['字节', 'KB', 'MB', 'GB'] as const

export const sizeText = (bytes: number): string => {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const digits = power === 0 || bytes / 1024 ** power >= 100 ? 0 : 1
  return `${(bytes / 1024 ** power).toFixed(digits)} ${UNITS[power]}`
}

/** Its head, and the whole of it where somebody compares. */
export const Checksum = ({
  sha256,
  title = '校验值 SHA-256',
}: {
  readonly sha256: string
  readonly title?: string
}) => (
  <details className="checksum">
    <summary>
      {title} <code>{sha256.slice(0, 12)}…</code>
    </summary>
    <code className="whole">{sha256}</code>
  </details>
)

interface FileListProps {
  readonly slug: string
  readonly files: readonly SiteFile[]
  readonly omitted: readonly SiteOmission[]
}

const FileItem = ({ slug, file }: { readonly slug: string; readonly file: SiteFile }) => (
  <li className="file">
    <a className="button" href={file.href} download>
      下载 {file.title}
    </a>
    <p>
      <strong>{sizeText(file.bytes)}</strong>　{file.about}
      {(file.formula_cells ?? 0) > 0 && `；有 ${file.formula_cells} 个单元格会被表格软件当成公式，用表格软件请选 XLSX`}
    </p>
    {file.format === 'csv' && (
      <p>
        <a href={`${file.href}?bom=1`} download>
          用 Excel 打开选这个（带 BOM 的 CSV）
        </a>
        ：否则 Excel 会把汉字显示成乱码
      </p>
    )}
    <Checksum sha256={file.sha256} />
    <p className="meta">
      永远指向最新一版：<a href={latestHref(slug, file.format)}>{latestHref(slug, file.format).split('/').at(-1)}</a>
    </p>
  </li>
)

export const FileList = ({ slug, files, omitted }: FileListProps) => (
  <>
    <ul className="files">
      {files.map((file) => (
        <FileItem key={file.format} slug={slug} file={file} />
      ))}
    </ul>
    {omitted.length > 0 && (
      <p className="meta">
        未提供：{omitted.map(({ format, reason }) => `${format.toUpperCase()}（${reason}）`).join('；')}
      </p>
    )}
  </>
)
