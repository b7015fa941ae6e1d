import { SearchOutlined } from '@ant-design/icons'
import type { FormEvent } from 'react'
import { useNavigate } from 'react-router'
import { useCan } from '../session.ts'

/** One box on every page: what is typed is looked for in the catalogue. */
export const SearchBox = () => {
  const navigate = useNavigate()
  const canSearch = useCan('catalog.resource.read')
  if (!canSearch) return <div className="head-search" />
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const q = String(new FormData(event.currentTarget).get('q')).trim()
    navigate(`/catalog/resources${q ? `?q=${encodeURIComponent(q)}` : ''}`)
  }
  return (
    <search className="head-search">
      <form onSubmit={submit}>
        <label htmlFor="head-q" className="hidden">
          搜索目录
        </label>
        <input id="head-q" name="q" type="search" placeholder="搜索资源、信息项、部门或代码" autoComplete="off" />
        <button type="submit" aria-label="搜索">
          <SearchOutlined />
        </button>
      </form>
    </search>
  )
}
