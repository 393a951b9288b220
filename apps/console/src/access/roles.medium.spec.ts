import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mayDo, Problem, roles } from '@gatehouse/contracts';
import type { Role } from '@gatehouse/contracts';
import { z } from 'zod';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

const Description = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ 'x-needs-role': z.enum(roles), description: z.string() })),
  ),
});

describe('U36 roles are refused by the API', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;
  let routes: { method: string; path: string; needed: Role; description: string }[];
  const tokens = new Map<Role, string>();

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
    for (const role of roles) tokens.set(role, await running.tokenOf(role));
    const { paths } = Description.parse(await (await running.request('openapi.json')).json());
    routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { 'x-needs-role': needed, description }]) => ({
        method: method.toUpperCase(),
        path: path.replace('/api/v1/', '').replaceAll(/\{\w+\}/g, randomUUID()),
        needed,
        description,
      })),
    );
  });
  afterAll(() => surroundings.close());

  const ask = (method: string, path: string, token: string) =>
    running.request(path, { method, headers: { authorization: `Bearer ${token}` } });

  it('on every route of the description: 401 without a token, 403 with a role that is too low', async () => {
    expect(routes.length).toBeGreaterThan(6);
    for (const { method, path, needed, description } of routes) {
      expect(description).toContain(`Needs the role **${needed}**`);
      expect((await fetch(`${running.url}/api/v1/${path}`, { method })).status).toBe(401);
      for (const role of roles.filter((candidate) => !mayDo(candidate, needed))) {
        const answer = await ask(method, path, tokens.get(role)!);
        const problem = Problem.parse(await answer.json());

        expect([method, path, role, answer.status, problem.code]).toEqual([method, path, role, 403, 'api.forbidden']);
        expect(problem.detail).toContain(`needs the role ${needed}`);
      }
    }
  });

  it('and a role that is enough is never told so', async () => {
    for (const { method, path, needed } of routes) {
      for (const role of roles.filter((candidate) => mayDo(candidate, needed))) {
        const { status } = await ask(method, path, tokens.get(role)!);
        expect([method, path, role, [401, 403].includes(status)]).toEqual([method, path, role, false]);
      }
    }
  });

  it('every change needs more than looking', () => {
    const changing = routes.filter(({ method }) => method !== 'GET');
    expect(
      changing.map(({ needed }) => needed).filter((needed) => needed === 'viewer' || needed === 'auditor'),
    ).toEqual([]);
  });

  it('and a route that is not there is not there for anybody', async () => {
    for (const token of tokens.values()) expect((await ask('GET', 'nothing', token)).status).toBe(404);
  });
});
