import { type ParseArgsConfig, parseArgs } from 'node:util'

/** The command was not given what it needs, or a file cannot be read as what it should be. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault'
}

/** The arguments after the command's name. Unknown options are refused. */
export const readArgs = <const O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageFault((error as Error).message)
  }
}

export const onePositional = (positionals: readonly string[], name: string): string => {
  if (positionals.length !== 1) throw new UsageFault(`应给出一个 ${name}`)
  return positionals[0] as string
}
