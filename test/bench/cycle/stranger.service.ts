/** Work that has nothing to do with Gatehouse: keeps a core busy for a millisecond at a time, `SHARE` of the time. */
import { setTimeout as delay } from 'node:timers/promises';

const busyMs = 1;
const share = Number(process.env['SHARE']);

for (;;) {
  const began = performance.now();
  while (performance.now() - began < busyMs);
  await delay(busyMs / share - busyMs);
}
