import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patchOf, RunningScim, schemas, unique } from '../test/running-scim.js';

interface Described {
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly mutability: string;
  readonly returned: string;
  readonly canonicalValues?: readonly string[];
  readonly subAttributes?: readonly Described[];
}

/** What a client does that knows nothing but what `/Schemas` says. */
describe('C02 C46 C50 every attribute that the schemas promise', () => {
  let scim: RunningScim;
  const attributes = new Map<string, readonly Described[]>();
  beforeAll(async () => {
    scim = await RunningScim.start();
    for (const urn of [schemas.user, schemas.enterprise])
      attributes.set(urn, (await scim.get(`/Schemas/${urn}`)).body['attributes'] as Described[]);
  });
  afterAll(() => scim.stop());

  it('can be created, read, asked for alone, found, replaced, added to and removed', async () => {
    const tried: string[] = [];
    for (const [urn, described] of attributes)
      for (const attribute of described.filter(isChangeable)) {
        await tryOne(urn, attribute);
        tried.push(attribute.name);
      }
    expect(tried).toEqual(
      expect.arrayContaining(['name', 'emails', 'addresses', 'x509Certificates', 'manager', 'title']),
    );
  });

  async function tryOne(urn: string, attribute: Described): Promise<void> {
    const path = `${urn}:${attribute.name}`;
    const [first, second] = [valueOf(attribute, 'a'), valueOf(attribute, 'b')];
    const within = (value: unknown) => (urn === schemas.user ? { [attribute.name]: value } : { [urn]: { [attribute.name]: value } }); // prettier-ignore
    const { status, body: made } = await scim.send('POST', '/Users', { schemas: [schemas.user, urn], userName: unique('ada'), ...within(first) }); // prettier-ignore
    expect([path, status, made]).toEqual([path, 201, expect.objectContaining(within(first))]);
    const alone = (await scim.get(`/Users/${made.id}?attributes=${path}`)).body;
    expect(alone).toEqual({ id: made.id, schemas: made.schemas, ...within(first) });
    const without = (await scim.get(`/Users/${made.id}?excludedAttributes=${path}`)).body;
    expect([path, without]).toEqual([path, expect.not.objectContaining(within(first))]);
    const found = await scim.find('Users', `${path} pr and id eq "${made.id}"`);
    expect([path, found.body.totalResults]).toEqual([path, 1]);
    const change = (operation: object) => scim.send('PATCH', `/Users/${made.id}`, patchOf({ path, ...operation }));
    const replaced = await change({ op: 'replace', value: second });
    expect([path, replaced.status, replaced.body]).toEqual([path, 200, expect.objectContaining(within(second))]);
    const removed = await change({ op: 'remove' });
    expect([path, removed.status, removed.body]).toEqual([path, 200, expect.not.objectContaining(within(second))]);
    expect((await scim.find('Users', `${path} pr and id eq "${made.id}"`)).body.totalResults).toBe(0);
    const added = await change({ op: 'add', value: first });
    expect([path, added.body]).toEqual([path, expect.objectContaining(within(first))]);
    expect((await scim.get(`/Users/${made.id}`)).body).toEqual(added.body);
  }
});

/** `active` is never without a value, and a password is never seen: they have tests of their own. */
function isChangeable({ required, mutability, returned, type }: Described): boolean {
  return !required && mutability === 'readWrite' && returned === 'default' && type !== 'boolean';
}

function valueOf(attribute: Described, seed: string): unknown {
  const value = singleOf(attribute, seed);
  return attribute.multiValued ? [value] : value;
}

function singleOf({ name, type, canonicalValues, subAttributes = [] }: Described, seed: string): unknown {
  switch (type) {
    case 'complex':
      return Object.fromEntries(
        subAttributes
          .filter(({ mutability }) => mutability === 'readWrite')
          .map((sub) => [sub.name, singleOf(sub, seed)]),
      );
    case 'boolean':
      return seed === 'a';
    case 'reference':
      return `https://example.com/${name}/${seed}`;
    case 'binary':
      return Buffer.from(`${name} ${seed}`).toString('base64');
    default:
      return canonicalValues?.[0] ?? `${name} ${seed}`;
  }
}
