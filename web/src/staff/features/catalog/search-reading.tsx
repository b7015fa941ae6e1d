import { HOWS, MATCHES, type SearchResult } from '@sanjiang/contract/catalog'

type Word = SearchResult['reading']['words'][number]

/** Other ways in which a word was looked for, two or three of them: 养老院 also as 养老机构. */
const Also = ({ word }: { word: Word }) => {
  const ways = word.ways.filter(({ how, text }) => how !== 'itself' && how !== 'beginning' && text !== word.text)
  if (ways.length === 0) return null
  return (
    <li>
      “{word.text}”{ways[0]!.how === 'synonym' ? '也找' : '按'}
      {ways.slice(0, 3).map(({ how, text }) => (
        <span key={`${how} ${text}`} className="also">
          <b>{text}</b>
          <small>{HOWS.titles[how]}</small>
        </span>
      ))}
      {ways.length > 3 && `等 ${ways.length} 种写法`}
    </li>
  )
}

const NOTES: Partial<Record<SearchResult['match'], string>> = {
  partial: '没有资源同时包含全部检索词，以下为部分匹配',
  pinyin: '按拼音找到',
  typo: '按相近的写法找到',
}

/** Tells how the words were understood, so that nobody takes near hits for exact ones. */
export const SearchReadingNote = ({ result: { match, reading } }: { result: SearchResult }) => {
  const note = NOTES[match]
  const hasWays = reading.words.some(({ text, ways }) =>
    ways.some((way) => way.how !== 'itself' && way.how !== 'beginning' && way.text !== text),
  )
  if (!note && !hasWays && reading.dropped.length === 0) return null
  return (
    <div className={note ? 'match-note' : 'reading-note'} role="status">
      {note && (
        <p>
          <b>{MATCHES.titles[match]}匹配</b>
          {note}
        </p>
      )}
      <ul>
        {reading.words.map((word) => (
          <Also key={word.text} word={word} />
        ))}
        {reading.dropped.length > 0 && <li>没有去找：{reading.dropped.join('、')}</li>}
      </ul>
    </div>
  )
}
