import type { ScimClient } from './client.js';
import { smallMembers, userName } from './shape.js';

export interface Load {
  readonly name: string;
  readonly concurrency: number;
  /** In one round. */
  readonly requests: number;
  /** Of the peer, which takes seconds for some. */
  readonly peerRequests: number;
  readonly send: (client: ScimClient, number: number) => Promise<void>;
}

export const large = 'add to a large group';
export const small = 'add to a small group';

/** @param scale 1: enough for a rate that can be believed */
export function loadsOf(scale: number): readonly Load[] {
  const kinds: readonly [name: string, requests: number, send: Load['send'], peerRequests?: number][] = [
    ['create', 800, (client) => client.create()],
    ['filter', 1_200, (client, number) => client.find(userName(1 + spread(client, number)))],
    ['patch user', 800, retitle],
    [small, 400, addToSmall],
    [large, 400, addToLarge, 2],
  ];
  return kinds.flatMap(([name, all, send, peerRequests]) =>
    [16, 1].map((concurrency) => {
      const requests = Math.max(2, Math.round((all * scale) / (concurrency === 1 ? 4 : 1)));
      return { name, concurrency, requests, send, peerRequests: peerRequests ?? requests };
    }),
  );
}

/** What a provider sends in the middle of a cycle: asks whether somebody is there, changes, adds, now and then creates. */
export async function mixed(client: ScimClient, number: number): Promise<void> {
  switch (number % 10) {
    case 0:
      return client.create();
    case 1:
    case 2:
      return retitle(client, number);
    case 3:
    case 4:
      return addToSmall(client, number);
    case 5:
      return client.read(client.target.userIds[spread(client, number)]!);
    default:
      return client.find(userName(1 + spread(client, number)));
  }
}

function retitle(client: ScimClient, number: number): Promise<void> {
  return client.retitle(client.target.userIds[spread(client, number)]!, `Engineer ${number}`);
}

function addToSmall(client: ScimClient, number: number): Promise<void> {
  const { smallGroups } = client.target;
  return client.addMember(smallGroups[number % smallGroups.length]!, newcomer(client, number, smallMembers));
}

function addToLarge(client: ScimClient, number: number): Promise<void> {
  const { largeGroup, largeMembers } = client.target;
  return client.addMember(largeGroup, newcomer(client, number, largeMembers));
}

/** Over all people, so that nobody is asked for twice in a row. */
function spread({ target: { userIds } }: ScimClient, number: number): number {
  return (number * 7_919) % userIds.length;
}

/** Behind those who are in the group from the beginning; each joins once. */
function newcomer({ target: { userIds } }: ScimClient, number: number, members: number): string {
  return userIds[(members + number) % userIds.length]!;
}
