import { serviceNames } from '@gatehouse/contracts';
import type { ServiceName } from '@gatehouse/contracts';

/** Injection token of the services of this process: `readonly ServiceName[]`. */
export const PROCESS_SERVICES = Symbol('ProcessServices');

/** True for the suite: everything in one process. The sandbox is no part of the product. */
export function isWhole(services: readonly ServiceName[]): boolean {
  return serviceNames.every((name) => name === 'sandbox' || services.includes(name));
}
