import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { IdpContext } from './context.js';
import { Fault } from './faults.js';

/** Room for tokens that are too large on purpose. */
const bodyLimit = 4 * 1024 * 1024;
const Claims = z.record(z.string().min(1).max(255), z.unknown());

const Name = z.strictObject({ name: z.string().min(1).max(128) });
const PersonChange = z.strictObject({
  groups: z.array(z.string().min(1).max(255)).max(10_000).nullable().optional(),
  claims: Claims.optional(),
  userInfo: Claims.optional(),
  omit: z.array(z.string().min(1).max(255)).max(100).optional(),
  password: z.string().min(1).max(256).optional(),
  disabled: z.boolean().optional(),
});
const FaultList = z.union([z.array(Fault).max(100), Fault.transform((fault) => [fault])]);
const Rotation = z.strictObject({ keepOld: z.boolean().default(false) });

/** For tests and for trying things out. Anybody who reaches the port may use it, which is why production has no sandbox. */
export function controlRoutes(app: FastifyInstance, context: IdpContext): void {
  const { people, keys, faults, memory } = context;
  const options = { config: { site: 'any' }, bodyLimit } as const;

  app.put('/__test/people/:name', options, (request) => {
    const { name } = Name.parse(request.params);
    people.change(name, PersonChange.parse(request.body));
    return { ...people.find(name), password: undefined };
  });
  app.post('/__test/rotate-keys', options, async (request) => {
    await keys.rotate(Rotation.parse(request.body ?? {}).keepOld);
    return keys.jwks();
  });
  app.post('/__test/faults', options, (request) => {
    faults.replace(FaultList.parse(request.body));
    return { faults: faults.list() };
  });
  app.post('/__test/reset', options, (_, reply) => {
    people.reset();
    faults.replace([]);
    memory.clear();
    return reply.code(204).send();
  });
  app.get('/__test/state', options, () => ({ calls: memory.calls, faults: faults.list() }));
}
