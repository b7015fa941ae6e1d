import type { Finding, Standard } from '@sanjiang/contract/catalog'
import { Button } from 'antd'
import { type ClipboardEvent, type KeyboardEvent, useMemo, useRef } from 'react'
import type { Draft, DraftItem } from './draft.ts'
import { newRow } from './draft.ts'
import { ItemFromTable } from './item-from-table.tsx'
import { ItemRow, type RowAct } from './item-row.tsx'
import { type ColumnKey, pastedItems } from './paste-rows.ts'

interface Props {
  readonly items: readonly DraftItem[]
  readonly standard: Standard
  readonly findings: readonly Finding[]
  /** Works on what the rows are now, so that no keystroke is lost between two renders. */
  readonly onItems: (work: (items: Draft['items']) => Draft['items']) => void
  /** Whose tables items may be filled from. */
  readonly organId: string
}

const HEADS = [
  '名称',
  '英文名',
  '数据类型',
  '长度',
  '主键',
  '必选',
  '共享',
  '条件／依据',
  '开放',
  '敏感级别',
  '脱敏',
  '数据元',
  '',
]

const ITEM_FIELD = /^items\.(\d+)\.(\w+)/

/** Findings row by row; a row without any always gets the same empty list, so that it need not be drawn again. */
const NONE: readonly Finding[] = []
const byRow = (findings: readonly Finding[]): Map<number, Finding[]> => {
  const rows = new Map<number, Finding[]>()
  for (const one of findings) {
    const match = ITEM_FIELD.exec(one.field)
    if (!match) continue
    const index = Number(match[1])
    rows.set(index, [...(rows.get(index) ?? []), { ...one, field: match[2]! }])
  }
  return rows
}

const placeOf = (target: EventTarget): { index: number; column: ColumnKey } | null => {
  const { row, column } = (target as HTMLElement).dataset
  return row === undefined || column === undefined ? null : { index: Number(row), column: column as ColumnKey }
}

const move = (items: Draft['items'], from: number, by: number): Draft['items'] => {
  const to = from + by
  if (to < 0 || to >= items.length) return items
  const next = [...items]
  next.splice(to, 0, ...next.splice(from, 1))
  return next
}

const useGrid = ({ standard, onItems, items }: Props) => {
  const box = useRef<HTMLTableElement>(null)
  const focus = (index: number, column: string) =>
    // The row may be one that is only now being drawn.
    setTimeout(() => box.current?.querySelector<HTMLElement>(`[data-row="${index}"][data-column="${column}"]`)?.focus())
  const add = (column: ColumnKey = 'name') => {
    onItems((now) => [...now, newRow()])
    focus(items.length, column)
  }
  const act: RowAct = useMemo(
    () => ({
      change: (key, patch) => onItems((now) => now.map((row) => (row.key === key ? { ...row, ...patch } : row))),
      remove: (key) => onItems((now) => now.filter((row) => row.key !== key)),
    }),
    [onItems],
  )
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const place = placeOf(event.target)
    if (!place) return
    const { index, column } = place
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0
    const isChoice = (event.target as HTMLElement).tagName === 'SELECT'
    if (event.key === 'Enter') {
      event.preventDefault()
      index + 1 < items.length ? focus(index + 1, column) : add(column)
    } else if (by !== 0 && event.altKey) {
      event.preventDefault()
      onItems((now) => move(now, index, by))
      focus(index + by, column)
    } else if (by !== 0 && !isChoice) {
      event.preventDefault()
      focus(index + by, column)
    }
  }
  const onPaste = (event: ClipboardEvent<HTMLTableElement>) => {
    const place = placeOf(event.target)
    const text = event.clipboardData.getData('text/plain')
    if (!place || !/[\t\n]/.test(text.trimEnd())) return
    event.preventDefault()
    const patches = pastedItems(text, place.column, standard)
    onItems((now) => {
      const rows = [...now]
      for (const [offset, patch] of patches.entries()) {
        const at = place.index + offset
        rows[at] = rows[at] ? { ...rows[at], ...patch } : newRow(patch)
      }
      return rows
    })
  }
  return { box, act, add, onKeyDown, onPaste }
}

/** Items as in a spreadsheet: arrows and Enter move, Alt+arrows carry a row, rows from Excel can be pasted anywhere. */
export const ItemGrid = (props: Props) => {
  const { items, standard, findings } = props
  const { box, act, add, onKeyDown, onPaste } = useGrid(props)
  const faults = useMemo(() => byRow(findings), [findings])
  return (
    <>
      <section className="grid-scroll" aria-label="信息项表格，可左右滚动" tabIndex={-1}>
        <table className="grid" ref={box} onKeyDown={onKeyDown} onPaste={onPaste}>
          <thead>
            <tr>
              <th scope="col">
                <span className="hidden">序号</span>
              </th>
              {HEADS.map((head) => (
                <th key={head} scope="col">
                  {head || <span className="hidden">操作</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((row, index) => (
              <ItemRow
                key={row.key}
                row={row}
                index={index}
                standard={standard}
                findings={faults.get(index) ?? NONE}
                act={act}
              />
            ))}
          </tbody>
        </table>
      </section>
      <div className="row between">
        <span className="row">
          <Button onClick={() => add()}>添加信息项</Button>
          <ItemFromTable organId={props.organId} items={items} onItems={props.onItems} />
        </span>
        <span className="muted small">
          <kbd>Enter</kbd> 下一行 · <kbd>↑</kbd>
          <kbd>↓</kbd> 移动光标 · <kbd>Alt</kbd>+<kbd>↑</kbd>
          <kbd>↓</kbd> 调整次序 · 可从 Excel 复制多行粘贴
        </span>
      </div>
    </>
  )
}
