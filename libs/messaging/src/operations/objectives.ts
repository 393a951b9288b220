import { lanes } from '@gatehouse/contracts';
import type { Lane } from '@gatehouse/contracts';

/** How old the oldest ready job of a lane may be, in seconds; null: a backlog here is normal. */
export const targetSeconds: Readonly<Record<Lane, number | null>> = {
  offboarding: 10,
  interactive: 5,
  provisioning: 60,
  bulk: null,
};

/** @param queue `service.lane` */
export function partsOf(queue: string): { readonly service: string; readonly lane: Lane } {
  const separator = queue.lastIndexOf('.');
  const lane = lanes.find((name) => name === queue.slice(separator + 1));
  if (!lane) throw new Error(`${queue} is no queue of a lane`);
  return { service: queue.slice(0, separator), lane };
}
