import { randomBytes } from 'node:crypto';
import type { Installation } from './installation.js';

interface Person {
  readonly externalId?: string;
  readonly email?: string;
}

/** What a provider's SCIM client does, by hand. */
export class Directory {
  constructor(
    private readonly gatehouse: Installation,
    readonly provider: string,
  ) {}

  person(userName: string, { externalId, email = `${userName}@example.com` }: Person = {}): Promise<string> {
    const resource = {
      displayName: `${userName[0]!.toUpperCase()}${userName.slice(1)} of the directory`,
      emails: [{ value: email }],
    };
    return this.gatehouse.inTransaction(async (manager) => {
      const user = { userName, externalId: externalId ?? null, active: true, resource };
      return (await this.gatehouse.users.create(manager, this.provider, user, trace())).id;
    });
  }

  async set(id: string, change: { active?: boolean; userName?: string }): Promise<void> {
    await this.gatehouse.inTransaction((manager) =>
      this.gatehouse.users.change(manager, { provider: this.provider, id }, change, trace()),
    );
  }

  async removePerson(id: string): Promise<void> {
    await this.gatehouse.inTransaction((manager) =>
      this.gatehouse.users.remove(manager, { provider: this.provider, id }, trace()),
    );
  }

  group(displayName: string, ...members: readonly string[]): Promise<string> {
    return this.gatehouse.inTransaction(async (manager) => {
      const content = { displayName, externalId: null, resource: {} };
      const { id } = await this.gatehouse.groups.create(manager, this.provider, content);
      await this.gatehouse.groups.addMembers(manager, { provider: this.provider, id }, members, trace());
      return id;
    });
  }

  async add(id: string, ...members: readonly string[]): Promise<void> {
    await this.gatehouse.inTransaction((manager) =>
      this.gatehouse.groups.addMembers(manager, { provider: this.provider, id }, members, trace()),
    );
  }

  async remove(id: string, ...members: readonly string[]): Promise<void> {
    await this.gatehouse.inTransaction((manager) =>
      this.gatehouse.groups.removeMembers(manager, { provider: this.provider, id }, members, trace()),
    );
  }

  async rename(id: string, displayName: string): Promise<void> {
    await this.gatehouse.inTransaction((manager) =>
      this.gatehouse.groups.change(manager, { provider: this.provider, id }, { displayName }, trace()),
    );
  }

  async removeGroup(id: string): Promise<void> {
    await this.gatehouse.inTransaction((manager) =>
      this.gatehouse.groups.remove(manager, { provider: this.provider, id }, trace()),
    );
  }
}

function trace(): string {
  return randomBytes(16).toString('hex');
}
