import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { listeningSite } from '#test/counted-site.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'

let ground: PublicGround
let site: Awaited<ReturnType<typeof listeningSite>>

before(async () => {
  ground = await openPublicAlone()
  await layDataset(ground, {
    slug: 'schools',
    columns: [
      columnOf('code', '代码', { role: 'key' }),
      columnOf('kind', '办学类型', { role: 'category' }),
      columnOf('pupils', '在校生数', { data_type: 'I', role: 'measure' }),
    ],
    rows: [
      ['1', '小学', 300],
      ['2', '初级中学', 500],
    ],
  })
  await layDataset(ground, {
    slug: 'projects',
    content: { open_type: 'conditional', open_condition: '高校可以申请' },
    columns: [columnOf('name', '项目名称')],
    rows: [['甲']],
  })
  site = await listeningSite(ground)
})
after(async () => {
  await site?.close()
  await ground?.close()
})

const plain = (html: string): string =>
  html
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

const commandsOn = async (path: string): Promise<string[]> => {
  const html = await (await fetch(site.address + path)).text()
  return [...html.matchAll(/<pre><code>(.*?)<\/code><\/pre>/gs)]
    .map(([, text]) => plain(text!))
    .filter((text) => text.startsWith('curl'))
}

/** What curl would ask for: -G puts what is to be encoded behind the address. */
const addressIn = (command: string): string => {
  const address = /'(http[^']+)'/.exec(command)![1]!
  const data = [...command.matchAll(/(?:--data-urlencode|-d) '?([^'\s]+)'?/g)].map(
    ([, pair]) => pair!.split('=') as [string, string],
  )
  return data.length > 0 ? `${address}?${new URLSearchParams(data)}` : address
}

test('every command a developer is shown works as it is printed (P21, P16)', async () => {
  const commands = [...(await commandsOn('/developers')), ...(await commandsOn('/datasets/schools/api'))]
  assert.ok(commands.length >= 8, `${commands.length}`)
  for (const command of commands) assert.equal((await fetch(addressIn(command))).status, 200, command)
  assert.ok(commands.some((one) => one.includes(`kind__eq=${encodeURIComponent('小学')}`)))
  // One way through a shell, quoting and all.
  const { stdout } = await promisify(execFile)('sh', ['-c', commands[0]!])
  assert.equal(JSON.parse(stdout).total, 2)
})

test('commands about a conditional dataset say where the key belongs (P17)', async () => {
  const commands = await commandsOn('/datasets/projects/api')
  const [rows] = commands
  assert.match(rows!, /^curl -H 'Authorization: Bearer 您的密钥' '/)
  assert.equal((await fetch(addressIn(rows!))).status, 401)
  assert.ok(commands.filter((one) => !one.includes('Bearer')).every((one) => /columns|openapi/.test(one)))
})
