import type { Module } from '#kernel/module.ts'
import { assessment } from '#modules/assessment/index.ts'
import { catalog } from '#modules/catalog/index.ts'
import { exchange } from '#modules/exchange/index.ts'
import { gateway } from '#modules/gateway/index.ts'
import { identity } from '#modules/identity/index.ts'
import { inbox } from '#modules/inbox/index.ts'
import { ledger } from '#modules/ledger/index.ts'
import { opendata } from '#modules/opendata/index.ts'
import { sharing } from '#modules/sharing/index.ts'
import { systems } from '#modules/systems/index.ts'

/** Every domain module of the platform, in rank order (architecture §4). */
export const MODULES: readonly Module[] = [
  identity,
  ledger,
  inbox,
  systems,
  catalog,
  sharing,
  gateway,
  exchange,
  opendata,
  assessment,
]
