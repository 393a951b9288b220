import type { Outbox } from '@gatehouse/messaging';
import { DirectoryGroups, DirectoryUsers } from '@gatehouse/directory';
import { newTraceId } from '@gatehouse/telemetry';
import type { DataSource, EntityManager } from 'typeorm';
import type { DirectoryChange, Person, Provider } from './facts.js';

/** What providers push, through the product's own writers. */
export class DirectoryHands {
  private readonly users: DirectoryUsers;
  private readonly groups: DirectoryGroups;
  /** In the order in which they were made, by person. */
  private readonly made = new Map<Person, string[]>();
  private readonly present = new Map<string, string>();

  constructor(
    private readonly dataSource: DataSource,
    outbox: Outbox,
  ) {
    this.users = new DirectoryUsers(outbox);
    this.groups = new DirectoryGroups(outbox);
  }

  push({ provider, what }: DirectoryChange): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      switch (what.kind) {
        case 'user':
          return this.pushUser(manager, provider, what);
        case 'member':
          return this.pushMember(manager, provider, this.present.get(`${provider}/${what.person}`), what);
        case 'nested':
          return this.pushMember(manager, provider, await this.group(manager, provider, what.inner), what);
        case 'rename-group':
          return this.renameGroup(manager, provider, what);
        case 'remove-group':
          return this.removeGroup(manager, provider, what.group);
      }
    });
  }

  /** The place among the person's users of all directories, in the order in which they were made, of each of these ids. */
  placesOf(person: Person, ids: readonly string[]): ReadonlySet<number> {
    const made = this.made.get(person) ?? [];
    return new Set(ids.map((id) => made.indexOf(id)));
  }

  private async pushUser(
    manager: EntityManager,
    provider: Provider,
    { person, standing, number }: Extract<DirectoryChange['what'], { kind: 'user' }>,
  ): Promise<void> {
    const key = `${provider}/${person}`;
    const id = this.present.get(key);
    if (standing === 'removed') {
      if (id === undefined) return;
      await this.users.remove(manager, { provider, id }, newTraceId());
      this.present.delete(key);
      return;
    }
    const resource = {
      displayName: `${person} ${number}`,
      emails: [{ value: `${person}${number}@example.com`, primary: true }],
    };
    const active = standing === 'active';
    if (id !== undefined) {
      await this.users.change(manager, { provider, id }, { active, resource }, newTraceId());
      return;
    }
    // One provider has the subject of its sign-ins in its directory, the other one names alone.
    const externalId = provider === 'cognito' ? person : null;
    const content = { userName: person, externalId, active, resource };
    const created = await this.users.create(manager, provider, content, newTraceId());
    this.present.set(key, created.id);
    this.made.set(person, [...(this.made.get(person) ?? []), created.id]);
  }

  private async pushMember(
    manager: EntityManager,
    provider: Provider,
    member: string | undefined,
    { group, member: isMember }: { readonly group: string; readonly member: boolean },
  ): Promise<void> {
    if (member === undefined) return;
    const reference = { provider, id: await this.group(manager, provider, group) };
    if (isMember) await this.groups.addMembers(manager, reference, [member], newTraceId());
    else await this.groups.removeMembers(manager, reference, [member], newTraceId());
  }

  private async renameGroup(
    manager: EntityManager,
    provider: Provider,
    { group, to }: { readonly group: string; readonly to: string },
  ): Promise<void> {
    const [from, key] = [`${provider}/group:${group}`, `${provider}/group:${to}`];
    const id = this.present.get(from);
    if (id === undefined || this.present.has(key)) return;
    await this.groups.change(manager, { provider, id }, { displayName: to }, newTraceId());
    this.present.delete(from);
    this.present.set(key, id);
  }

  private async removeGroup(manager: EntityManager, provider: Provider, group: string): Promise<void> {
    const key = `${provider}/group:${group}`;
    const id = this.present.get(key);
    if (id === undefined) return;
    await this.groups.remove(manager, { provider, id }, newTraceId());
    this.present.delete(key);
  }

  private async group(manager: EntityManager, provider: Provider, displayName: string): Promise<string> {
    const key = `${provider}/group:${displayName}`;
    let id = this.present.get(key);
    if (id === undefined) {
      ({ id } = await this.groups.create(manager, provider, { displayName, externalId: null, resource: {} }));
      this.present.set(key, id);
    }
    return id;
  }
}
