import { LICENCE_FACTS, type LicencesView, type LicenceView } from '@sanjiang/contract/site.about'

const Terms = ({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) => (
  <>
    <h2>{title}</h2>
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  </>
)

export const LicencePage = ({ id, origin, datasets }: LicenceView) => {
  const { title, line, may, must, not, near } = LICENCE_FACTS[id]
  return (
    <article className="reading">
      <nav className="crumbs" aria-label="所在位置">
        <a href="/licences">许可</a>
      </nav>
      <h1>{title}</h1>
      <p className="lead">{line}。</p>
      <Terms title="可以" lines={may} />
      <Terms title="应当" lines={must} />
      <Terms title="不可以" lines={not} />
      <h2>机器怎样识别</h2>
      <dl className="facts">
        <dt>标识</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>URI</dt>
        <dd>
          <code>{`${origin}/licences#${id}`}</code>
        </dd>
        <dt>最接近的 SPDX 许可</dt>
        <dd>{near ? <code>{near}</code> : '没有'}（供软件识别，以本页文字为准）</dd>
      </dl>
      <p>
        <a href={`/search?licence=${id}`}>采用它的数据集（{datasets} 个）</a>
      </p>
    </article>
  )
}

export const LicencesPage = ({ counts }: LicencesView) => (
  <div className="reading">
    <h1>许可</h1>
    <p>每个数据集写明一种许可，决定您可以怎样使用。</p>
    <dl className="licences">
      {Object.entries(LICENCE_FACTS).map(([id, { title, line }]) => (
        <div key={id} id={id}>
          <dt>
            <a href={`/licences/${id}`}>{title}</a>
          </dt>
          <dd>
            {line}。{counts[id as keyof typeof counts] ?? 0} 个数据集采用。
          </dd>
        </div>
      ))}
    </dl>
  </div>
)
