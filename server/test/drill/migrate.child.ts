// Migrates the database named on the command line, so that a drill may kill it half way.
import { migrate } from '#kernel/migrate.ts'

await migrate({ adminUrl: process.argv[2]! })
