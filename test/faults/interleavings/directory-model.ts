import { claimed } from './facts.js';
import type { DirectoryChange, GroupsClaim, Person, Provider } from './facts.js';

/** One user of a directory; who is made anew there is another one. */
export interface Entry {
  readonly provider: Provider;
  readonly person: Person;
  standing: 'active' | 'inactive' | 'removed';
  /** Of `removed`: nobody had taken back that the person was inactive. */
  wasInactive?: boolean;
  /** Part of address and display name. */
  number: number;
  version: number;
  /** By the clock of the history. */
  changedAt: number;
}

/** Who is in the directories of the providers, and in which of their groups, through others too (X31, P22). Written without the product. */
export class DirectoryModel {
  private readonly entries: Entry[] = [];
  private readonly known = new Set<string>();
  private readonly inside = new Set<string>();

  apply({ provider, what }: DirectoryChange, now: number): void {
    switch (what.kind) {
      case 'user': {
        this.applyUser(provider, what, now);
        return;
      }
      case 'member':
        if (this.has(provider, what.person)) this.setInside(provider, what.person, what.group, what.member);
        return;
      case 'nested':
        this.known.add(`${provider}/${what.inner}`);
        {
          this.setInside(provider, `group:${what.inner}`, what.group, what.member);
          return;
        }
      case 'rename-group': {
        this.renameGroup(provider, what.group, what.to);
        return;
      }
      case 'remove-group': {
        this.removeGroup(provider, what.group);
        return;
      }
    }
  }

  /** In the order in which they were made. */
  of(person: Person): readonly Entry[] {
    return this.entries.filter((entry) => entry.person === person);
  }

  standing(provider: Provider, person: Person): Entry['standing'] | undefined {
    return (this.present(provider, person) ?? this.of(person).find((entry) => entry.provider === provider))?.standing;
  }

  has(provider: Provider, person: Person): boolean {
    return this.present(provider, person) !== undefined;
  }

  numberOf(provider: Provider, person: Person): number | undefined {
    return this.present(provider, person)?.number;
  }

  /** All groups that the person is in, through others too; whole, because it is the directory's. */
  listOf(provider: Provider, person: Person): GroupsClaim {
    const found = new Set<string>();
    const open: string[] = [person];
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      for (const group of claimed) {
        if (found.has(group) || !this.inside.has(`${provider}/${member}/${group}`)) continue;
        found.add(group);
        open.push(`group:${group}`);
      }
    }
    return { kind: 'list', names: [...found] };
  }

  private applyUser(
    provider: Provider,
    { person, standing, number }: Extract<DirectoryChange['what'], { kind: 'user' }>,
    changedAt: number,
  ) {
    const entry = this.present(provider, person);
    if (!entry) {
      if (standing !== 'removed') this.entries.push({ provider, person, standing, number, version: 1, changedAt });
      return;
    }
    if (entry.standing === standing && entry.number === number) return;
    const wasInactive = entry.standing === 'inactive';
    Object.assign(entry, { standing, wasInactive, version: entry.version + 1, changedAt });
    if (standing !== 'removed') entry.number = number;
    else for (const group of claimed) this.inside.delete(`${provider}/${person}/${group}`);
  }

  private setInside(provider: Provider, member: string, group: string, isMember: boolean): void {
    this.known.add(`${provider}/${group}`);
    if (isMember) this.inside.add(`${provider}/${member}/${group}`);
    else this.inside.delete(`${provider}/${member}/${group}`);
  }

  /** Whoever is in it, and whatever it is in, goes along. */
  private renameGroup(provider: Provider, group: string, to: string): void {
    if (!this.known.has(`${provider}/${group}`) || this.known.has(`${provider}/${to}`)) return;
    this.known.delete(`${provider}/${group}`);
    this.known.add(`${provider}/${to}`);
    for (const [place, member, container] of this.placesOf(provider, group)) {
      this.inside.delete(place);
      const inner = member === `group:${group}` ? `group:${to}` : member;
      this.inside.add(`${provider}/${inner}/${container === group ? to : container}`);
    }
  }

  private removeGroup(provider: Provider, group: string): void {
    this.known.delete(`${provider}/${group}`);
    for (const [place] of this.placesOf(provider, group)) this.inside.delete(place);
  }

  private placesOf(provider: Provider, group: string): [place: string, member: string, container: string][] {
    return [...this.inside].flatMap((place) => {
      const [key, member, container] = place.split('/') as [string, string, string];
      const isIn = key === provider && (container === group || member === `group:${group}`);
      return isIn ? [[place, member, container]] : [];
    });
  }

  private present(provider: Provider, person: Person): Entry | undefined {
    return this.of(person).find((entry) => entry.provider === provider && entry.standing !== 'removed');
  }
}
