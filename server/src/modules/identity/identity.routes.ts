import { identity as contract } from '@sanjiang/contract'
import { type Route, serve } from '#kernel/serve.ts'
import {
  addClientKey,
  getClient,
  issueClientSecret,
  listClients,
  registerClient,
  resumeClient,
  revokeClientKey,
  setClientAddresses,
  suspendClient,
} from './client.service.ts'
import { getClock, setClock } from './clock.service.ts'
import { openSession } from './login.service.ts'
import { foundOrgan, getOrgan, listOrgans, renameOrgan, succeedOrgan } from './organ.service.ts'
import { changePassword } from './password.change.service.ts'
import {
  assignRole,
  createPerson,
  listPersons,
  movePerson,
  resumePerson,
  suspendPerson,
  unlockPerson,
  withdrawRole,
} from './person.service.ts'
import { closeOtherSession, closeSession, getSession, listSessions } from './session.service.ts'
import { beginTotp, confirmTotp } from './totp.service.ts'

const sessions: readonly Route[] = [
  serve(contract.openSession, (ctx, { body }, http) => openSession(ctx, body, http)),
  serve(contract.getSession, (ctx, _, http) => getSession(ctx, http)),
  serve(contract.closeSession, (ctx, _, http) => closeSession(ctx, http)),
  serve(contract.listSessions, (ctx) => listSessions(ctx)),
  serve(contract.closeOtherSession, (ctx, { params }) => closeOtherSession(ctx, params.id)),
  serve(contract.changePassword, (ctx, { body }, http) => changePassword(ctx, body, http)),
  serve(contract.beginTotp, (ctx) => beginTotp(ctx)),
  serve(contract.confirmTotp, (ctx, { body }, http) => confirmTotp(ctx, body.code, http)),
]

const organs: readonly Route[] = [
  serve(contract.listOrgans, (ctx, { query }) => listOrgans(ctx, query)),
  serve(contract.getOrgan, (ctx, { params }) => getOrgan(ctx, params.id)),
  serve(contract.foundOrgan, (ctx, { body }) => foundOrgan(ctx, body)),
  serve(contract.renameOrgan, (ctx, { params, body }) => renameOrgan(ctx, params.id, body)),
  serve(contract.succeedOrgan, (ctx, { params, body }) => succeedOrgan(ctx, params.id, body)),
]

const persons: readonly Route[] = [
  serve(contract.listPersons, (ctx, { query }) => listPersons(ctx, query)),
  serve(contract.createPerson, (ctx, { body }) => createPerson(ctx, body)),
  serve(contract.suspendPerson, (ctx, { params }) => suspendPerson(ctx, params.id)),
  serve(contract.resumePerson, (ctx, { params }) => resumePerson(ctx, params.id)),
  serve(contract.movePerson, (ctx, { params, body }) => movePerson(ctx, params.id, body.organ_id)),
  serve(contract.unlockPerson, (ctx, { params, body }) => unlockPerson(ctx, params.id, body)),
  serve(contract.assignRole, (ctx, { params, body }) => assignRole(ctx, params.id, body)),
  serve(contract.withdrawRole, (ctx, { params, body }) => withdrawRole(ctx, params.id, body)),
]

const clients: readonly Route[] = [
  serve(contract.listClients, (ctx, { query }) => listClients(ctx, query)),
  serve(contract.getClient, (ctx, { params }) => getClient(ctx, params.id)),
  serve(contract.registerClient, (ctx, { body }) => registerClient(ctx, body)),
  serve(contract.setClientAddresses, (ctx, { params, body }) =>
    setClientAddresses(ctx, params.id, body.allowed_addresses),
  ),
  serve(contract.addClientKey, (ctx, { params, body }) => addClientKey(ctx, params.id, body.public_key)),
  serve(contract.revokeClientKey, (ctx, { params }) => revokeClientKey(ctx, params.id, params.key_id)),
  serve(contract.issueClientSecret, (ctx, { params }) => issueClientSecret(ctx, params.id)),
  serve(contract.suspendClient, (ctx, { params, body }) => suspendClient(ctx, params.id, body.reason)),
  serve(contract.resumeClient, (ctx, { params }) => resumeClient(ctx, params.id)),
]

const clock: readonly Route[] = [
  serve(contract.getClock, (ctx) => getClock(ctx)),
  serve(contract.setClock, (ctx, { body }) => setClock(ctx, body.today)),
]

export const routes: readonly Route[] = [...sessions, ...organs, ...persons, ...clients, ...clock]
