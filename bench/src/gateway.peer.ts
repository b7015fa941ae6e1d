// The peer: @fastify/http-proxy with nothing before, after or around it.
import type { AddressInfo } from 'node:net'
import proxy from '@fastify/http-proxy'
import { fastify } from 'fastify'

const app = fastify()
await app.register(proxy, { upstream: process.argv[2]! })
await app.listen({ port: 0, host: '127.0.0.1' })
process.send!({ port: (app.server.address() as AddressInfo).port })
process.on('disconnect', () => process.exit(0))
