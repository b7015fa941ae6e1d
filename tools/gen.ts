import { writeFile } from 'node:fs/promises'
import pg from 'pg'
import { cloneDatabase } from '../server/test/cluster.ts'
import { renderMandate } from './gen.mandate.ts'
import { renderErrors, renderPermissions } from './gen.reference.ts'
import { renderDictionary, renderTables } from './gen.tables.ts'

const ROOT = new URL('../', import.meta.url)

/** Everything that is derived: name of the file → its text, from a migrated database and the contract. */
export const generate = async (): Promise<Record<string, string>> => {
  const database = await cloneDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return {
      'server/src/kernel/tables.ts': await renderTables(client),
      'docs/reference/data-dictionary.md': await renderDictionary(client),
      'docs/reference/errors.md': renderErrors(),
      'docs/reference/permissions.md': renderPermissions(),
      'docs/mandate.md': renderMandate(),
    }
  } finally {
    await client.end()
    await database.drop()
  }
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(await generate())) {
    await writeFile(new URL(name, ROOT), text)
    console.log(`写入 ${name}`)
  }
  process.exit(0)
}
