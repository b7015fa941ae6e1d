import { once } from 'node:events'
import { from as copyFrom } from 'pg-copy-streams'
import type { Client } from './postgres.session.ts'

/** Sends one body of lines into `COPY … FROM STDIN`. */
export const copyIn = async (client: Client, text: string, body: Buffer): Promise<void> => {
  const stream = client.query(copyFrom(text))
  const done = once(stream, 'finish')
  stream.end(body)
  await done
}
