import { listSynonyms, replaceSynonyms } from '@sanjiang/contract/catalog'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input } from 'antd'
import { useState } from 'react'
import { PageHead, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call, problemOf } from '../../api.ts'
import { useCan } from '../../session.ts'
import { PageLoading } from '../../shell/page-states.tsx'
import './search.css'

type Groups = readonly { readonly words: readonly string[] }[]

const textOf = (groups: Groups): string => groups.map(({ words }) => words.join(' ')).join('\n')

const groupsIn = (text: string): { words: string[] }[] =>
  text
    .split('\n')
    .map((line) => ({ words: line.split(/[\s、，,;；]+/).filter(Boolean) }))
    .filter(({ words }) => words.length > 0)

/** What stands in the way of saving, by line: the server refuses the same, but names no line. */
const troublesIn = (groups: Groups): string[] => {
  const at = new Map<string, number>()
  return groups.flatMap(({ words }, line) => [
    ...(words.length < 2 ? [`第 ${line + 1} 组只有一个词“${words[0]}”`] : []),
    ...(words.length > 12 ? [`第 ${line + 1} 组超过 12 个词`] : []),
    ...words.flatMap((word) => {
      const before = at.get(word)
      at.set(word, line)
      if (word.length < 2) return [`第 ${line + 1} 组的“${word}”只有一个字`]
      return before === undefined ? [] : [`“${word}”已在第 ${before + 1} 组，又在第 ${line + 1} 组`]
    }),
  ])
}

const Editor = ({ groups }: { groups: Groups }) => {
  const [text, setText] = useState(textOf(groups))
  const client = useQueryClient()
  const { message } = App.useApp()
  const typed = groupsIn(text)
  const troubles = troublesIn(typed)
  const save = useMutation({
    mutationFn: () => call(replaceSynonyms, { body: { groups: typed } }),
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: ['catalog'] })
      message.success(`已保存 ${saved.length} 组，检索随即按新表`)
    },
    onError: (error) => message.error(problemOf(error)?.detail ?? error.message),
  })
  return (
    <>
      <label htmlFor="groups">每行一组，词与词之间用空格或顿号隔开；同组的词互相都找得到</label>
      <Input.TextArea
        id="groups"
        value={text}
        onChange={({ target }) => setText(target.value)}
        autoSize={{ minRows: 12, maxRows: 28 }}
        status={troubles.length > 0 ? 'error' : ''}
        aria-describedby="troubles"
      />
      <ul id="troubles" aria-live="polite" className="troubles">
        {troubles.slice(0, 5).map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <Button
        type="primary"
        disabled={troubles.length > 0 || text === textOf(groups)}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        保存 {typed.length} 组
      </Button>
    </>
  )
}

/** Words that mean the same to whoever searches, kept by the catalogue's administrator. */
export const SynonymPage = () => {
  const canEdit = useCan('catalog.resource.publish')
  const query = useQuery({ queryKey: ['catalog', 'synonyms'], queryFn: () => call(listSynonyms, {}) })
  if (query.isPending) return <PageLoading />
  return (
    <div className="page">
      <PageHead
        title="检索同义词"
        sub="人们说的话、文件上的话、从前的叫法：搜其中一个，也找到写着另一个的资源。部门的简称与曾用名随机构名录，不必在这里写。"
      />
      {query.isError && <ErrorAlert error={query.error} />}
      {query.data && (
        <Panel title={`共 ${query.data.length} 组`}>
          {canEdit ? (
            <Editor key={textOf(query.data)} groups={query.data} />
          ) : (
            <ul className="synonyms">
              {query.data.map(({ words }) => (
                <li key={words[0]}>{words.join('、')}</li>
              ))}
            </ul>
          )}
        </Panel>
      )}
    </div>
  )
}
