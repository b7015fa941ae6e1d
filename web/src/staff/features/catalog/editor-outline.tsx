import { Progress } from 'antd'
import type { Draft } from './draft.ts'
import { type Checked, type Section, stateOf } from './editor.model.ts'

const signOf = (errors: number, filled: number, wanted: number): { sign: string; words: string } => {
  if (errors > 0) return { sign: String(errors), words: `${errors} 处错误` }
  if (filled >= wanted) return { sign: '✓', words: '完整' }
  return { sign: `${filled}/${wanted}`, words: `应填 ${wanted} 项，已填 ${filled} 项` }
}

/** Where one is and what is left: completeness as a number, each section with its own account. */
export const EditorOutline = ({
  sections,
  draft,
  checked,
}: {
  sections: readonly Section[]
  draft: Draft
  checked: Checked
}) => (
  <nav className="editor-outline" aria-label="条目大纲">
    <div className="completeness">
      <b>{checked.percent}%</b>
      <span>完整度</span>
      <Progress percent={checked.percent} showInfo={false} size="small" aria-label="完整度" />
    </div>
    <ol>
      {sections.map((section) => {
        const { errors, filled, wanted } = stateOf(section, draft, checked.findings)
        const { sign, words } = signOf(errors, filled, wanted)
        return (
          <li key={section.id}>
            <a href={`#s-${section.id}`}>
              {section.title}
              <span className={errors > 0 ? 'sign bad' : filled >= wanted ? 'sign good' : 'sign'} title={words}>
                <span aria-hidden="true">{sign}</span>
                <span className="hidden">{words}</span>
              </span>
            </a>
          </li>
        )
      })}
    </ol>
  </nav>
)
