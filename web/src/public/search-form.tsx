interface SearchFormProps {
  readonly q: string
  readonly isLarge?: boolean
}

export const SearchForm = ({ q, isLarge = false }: SearchFormProps) => (
  <form action="/search" method="get" className={isLarge ? 'search large' : 'search'} aria-label="检索">
    <label htmlFor="q">检索数据集</label>
    <input
      id="q"
      name="q"
      type="search"
      defaultValue={q}
      maxLength={200}
      placeholder="名称、部门、数据里的词"
      {...(isLarge ? { 'aria-describedby': 'q-hint' } : {})}
    />
    <button type="submit">检索</button>
    {isLarge && (
      <p className="meta hint" id="q-hint">
        可以用平常的说法、部门简称、字段名、数据里的地名品名、拼音或首字母，写错一个字也能找到。
      </p>
    )}
  </form>
)
