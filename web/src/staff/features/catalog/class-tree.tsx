import { listClasses } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api.ts'

interface TreeProps {
  readonly chosen: string | null
  readonly onChoose: (code: string | null) => void
  /** Its counts are of the whole catalogue; beside an answer to a question they would be read as counts of the answer. */
  readonly isCounted: boolean
}

const useClasses = (parent: string | undefined, isWanted: boolean) =>
  useQuery({
    queryKey: ['catalog', 'classes', parent ?? ''],
    queryFn: () => call(listClasses, { query: { parent } }),
    enabled: isWanted,
    staleTime: 60_000,
  })

const Level = ({ parent, ...tree }: TreeProps & { parent?: string }) => {
  const { data } = useClasses(parent, true)
  return (
    <ul className="class-level">
      {data?.map((one) => (
        <Node key={one.code} node={one} {...tree} />
      ))}
    </ul>
  )
}

type ClassRow = NonNullable<ReturnType<typeof useClasses>['data']>[number]

const Node = ({ node, ...tree }: TreeProps & { node: ClassRow }) => {
  const { chosen, onChoose, isCounted } = tree
  // A chosen class is shown with its ancestors open, whoever opened the page.
  const [isOpen, setOpen] = useState(chosen !== null && chosen !== node.code && chosen.startsWith(node.code))
  const isChosen = chosen === node.code
  return (
    <li>
      <div className="class-row">
        {node.has_children ? (
          <button
            type="button"
            className="twist"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? '收起' : '展开'} ${node.title}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? '▾' : '▸'}
          </button>
        ) : (
          <span className="twist" />
        )}
        <button
          type="button"
          className="class-title"
          aria-pressed={isChosen}
          onClick={() => onChoose(isChosen ? null : node.code)}
        >
          {node.title}
        </button>
        {isCounted && <span className="num">{node.resource_count}</span>}
      </div>
      {isOpen && <Level parent={node.code} {...tree} />}
    </li>
  )
}

/** 类—项—目—细目, opened level by level, with what is published under each. */
export const ClassTree = (props: TreeProps) => (
  <fieldset className="facet class-tree">
    <legend>分类（类 · 项 · 目）</legend>
    <Level {...props} />
  </fieldset>
)
