import type { SiteDataset } from '@sanjiang/contract/site'
import { OPEN_WORDS } from './words.ts'

interface DatasetCardProps extends SiteDataset {
  /** One below the heading it stands under. */
  readonly heading: 'h2' | 'h3'
}

export const DatasetCard = ({
  heading: Heading,
  slug,
  title,
  organ_name,
  theme_title,
  open_type,
  summary,
  released_on,
}: DatasetCardProps) => (
  <li className="card">
    <Heading>
      <a href={`/datasets/${slug}`}>{title}</a>
    </Heading>
    <p className="meta">
      {organ_name} · {theme_title} · {OPEN_WORDS[open_type]} · {released_on} 发布
    </p>
    <p>{summary}</p>
  </li>
)
