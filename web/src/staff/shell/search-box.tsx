import { SearchOutlined } from '@ant-design/icons'
import { SUGGESTION_KINDS, suggest } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, type ReactNode, useDeferredValue, useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { call } from '../api.ts'
import { useCan } from '../session.ts'

type Suggestion = Awaited<ReturnType<typeof loadSuggestions>>[number]

const loadSuggestions = (q: string) => call(suggest, { query: { q } })

const PATHS: Record<Suggestion['kind'], (one: Suggestion) => string> = {
  resource: ({ id }) => `/catalog/resources/${id}`,
  item: ({ text }) => `/catalog/search?q=${encodeURIComponent(text)}`,
  organ: ({ id }) => `/catalog/search?provider=${id}`,
  class: ({ id }) => `/catalog/search?class=${id}`,
}

/** A combobox of the ARIA pattern: arrows choose, Enter goes, Escape closes; what is typed can always be searched as it is. */
const useCombobox = (initial: string, onSearch: (words: string) => void) => {
  const navigate = useNavigate()
  const [words, setWords] = useState(initial)
  const [isOpen, setOpen] = useState(false)
  const [at, setAt] = useState(-1)
  const q = useDeferredValue(words.trim())
  const { data } = useQuery({
    queryKey: ['catalog', 'suggest', q],
    queryFn: () => loadSuggestions(q),
    enabled: isOpen && q !== '',
    placeholderData: (before) => before,
  })
  const shown = isOpen && q !== '' ? (data ?? []) : []
  const close = () => {
    setOpen(false)
    setAt(-1)
  }
  const go = (path: string) => {
    close()
    navigate(path)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close()
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by === undefined || shown.length === 0) return
    event.preventDefault()
    setAt((now) => (now + by + shown.length + (now < 0 && by < 0 ? 1 : 0)) % shown.length)
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    const chosen = shown[at]
    if (chosen) return go(PATHS[chosen.kind](chosen))
    close()
    onSearch(words.trim())
  }
  const onType = (text: string) => {
    setWords(text)
    setOpen(true)
    setAt(-1)
  }
  return { words, shown, at, close, go, onKeyDown, onSubmit, onType }
}

interface SuggestBoxProps {
  readonly id: string
  readonly label: string
  readonly placeholder: string
  readonly initial?: string
  readonly className?: string
  readonly onSearch: (words: string) => void
  readonly children: ReactNode
}

/** A box that says with every keystroke what the catalogue has; `children` is its button. */
export const SuggestBox = ({
  id,
  label,
  placeholder,
  initial = '',
  className,
  onSearch,
  children,
}: SuggestBoxProps) => {
  const box = useCombobox(initial, onSearch)
  const list = useId()
  const isShown = box.shown.length > 0
  return (
    <form
      className={className}
      onSubmit={box.onSubmit}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && box.close()}
    >
      <label htmlFor={id} className="hidden">
        {label}
      </label>
      <input
        id={id}
        type="search"
        role="combobox"
        aria-expanded={isShown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={box.at >= 0 ? `${list}-${box.at}` : undefined}
        placeholder={placeholder}
        autoComplete="off"
        value={box.words}
        onChange={({ target }) => box.onType(target.value)}
        onKeyDown={box.onKeyDown}
      />
      {children}
      <div id={list} role="listbox" aria-label="提示" className="suggestions" hidden={!isShown}>
        {box.shown.map((one, index) => (
          <div
            key={`${one.kind} ${one.id}`}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === box.at}
            // The list must not take the caret out of the box, or it would close before the click arrives.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => box.go(PATHS[one.kind](one))}
            onKeyDown={() => undefined}
          >
            <span>{one.text}</span>
            <small>
              {SUGGESTION_KINDS.titles[one.kind]}
              {one.hint && ` · ${one.hint}`}
            </small>
          </div>
        ))}
      </div>
    </form>
  )
}

/** One box on every page: what is typed is looked for in the catalogue. */
export const SearchBox = () => {
  const canSearch = useCan('catalog.resource.read')
  const navigate = useNavigate()
  const onSearch = (words: string) => navigate(`/catalog/search${words ? `?q=${encodeURIComponent(words)}` : ''}`)
  return canSearch ? (
    <search className="head-search">
      <SuggestBox id="head-q" label="搜索目录" placeholder="搜索资源、信息项、部门或代码" onSearch={onSearch}>
        <button type="submit" aria-label="搜索">
          <SearchOutlined />
        </button>
      </SuggestBox>
    </search>
  ) : (
    <div className="head-search" />
  )
}
