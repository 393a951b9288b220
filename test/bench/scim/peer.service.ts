/**
 * scimmy and scimmy-routers on Express, as their documentation shows it, in memory. It is given what makes it fast: names
 * are found by an index, nothing is copied, and nobody's token is looked up.
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';
import { required, tellPort } from '../login/shape.js';
import { person, smallMembers, token, userName } from './shape.js';

interface Kept {
  readonly id: string;
  readonly userName?: string;
  readonly displayName?: string;
}
/** Of scimmy: expressions by attribute, each an operator and a value. */
type Expressions = readonly { readonly userName?: readonly [string, string] }[];
interface Asked {
  readonly id?: string;
  readonly filter?: Expressions & { match(all: readonly Kept[]): Kept[] };
}

class Memory {
  private readonly byId = new Map<string, Kept>();
  private readonly byName = new Map<string, string>();

  write({ id = randomUUID() }: Asked, data: object): Kept {
    const now = new Date();
    const created = (this.byId.get(id) as { meta?: { created: Date } } | undefined)?.meta?.created ?? now;
    const kept: Kept = { ...data, id, ...{ meta: { created, lastModified: now } } };
    const name = (kept.userName ?? kept.displayName ?? id).toLowerCase();
    const holder = this.byName.get(name);
    if (holder !== undefined && holder !== id) throw new SCIMMY.Types.Error(409, 'uniqueness', 'taken');
    this.byId.set(id, kept);
    this.byName.set(name, id);
    return kept;
  }

  read({ id, filter }: Asked): Kept | Kept[] {
    if (id !== undefined) return this.found(id);
    const equal = filter?.length === 1 ? filter[0]?.userName : undefined;
    if (equal?.[0] === 'eq') {
      const named = this.byName.get(equal[1].toLowerCase());
      return named === undefined ? [] : [this.found(named)];
    }
    return filter?.match([...this.byId.values()]) ?? [...this.byId.values()];
  }

  remove({ id = '' }: Asked): void {
    const { userName: name, displayName } = this.found(id);
    this.byName.delete((name ?? displayName ?? id).toLowerCase());
    this.byId.delete(id);
  }

  private found(id: string): Kept {
    const kept = this.byId.get(id);
    if (!kept) throw new SCIMMY.Types.Error(404, null as never, 'not found');
    return kept;
  }
}

const [users, groups] = [new Memory(), new Memory()];
for (const [type, memory] of [
  [SCIMMY.Resources.User, users],
  [SCIMMY.Resources.Group, groups],
] as const) {
  const declared = SCIMMY.Resources.declare(type) as unknown as Declared;
  declared
    .ingress((resource, data) => memory.write(resource, data))
    .egress((resource) => memory.read(resource))
    .degress((resource) => memory.remove(resource));
}

interface Declared {
  ingress(handler: (resource: Asked, data: object) => Kept): Declared;
  egress(handler: (resource: Asked) => Kept | Kept[]): Declared;
  degress(handler: (resource: Asked) => void): Declared;
}

const people = Number(required('BENCH_PEOPLE'));
for (let number = 1; number <= people; number += 1) {
  // Of the core schema only: the peer keeps nothing of an extension that it was not told of.
  const { displayName, title, active, name, emails, externalId } = person(userName(number), number);
  const data = { userName: userName(number), displayName, title, active, name, emails, externalId };
  users.write({ id: `user-${number}` }, data);
}
addGroup('large', Number(required('BENCH_LARGE_GROUP')));
for (let number = 0; number < Number(required('BENCH_SMALL_GROUPS')); number += 1)
  addGroup(`small-${number}`, smallMembers);

function addGroup(id: string, size: number): void {
  const members = Array.from({ length: size }, (_, index) => ({ value: `user-${index + 1}` }));
  groups.write({ id }, { displayName: id, members });
}

const app = express();
const authenticate = (request: express.Request): string => {
  if (request.header('authorization') !== `Bearer ${token}`) throw new Error('no token');
  return 'bench';
};
app.use('/scim', new SCIMMYRouters({ type: 'bearer', handler: authenticate }));
const server = app.listen(0, '127.0.0.1', () => tellPort((server.address() as AddressInfo).port));
server.keepAliveTimeout = 65_000;
