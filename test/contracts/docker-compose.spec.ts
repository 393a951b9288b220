import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { parse } from 'yaml';

interface ComposeService {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck: Readonly<Record<string, unknown>>;
}

const text = readFileSync('docker-compose.yml', 'utf8');
const { services, volumes } = parse(text) as {
  services: { postgres: ComposeService; valkey: ComposeService };
  volumes: Record<string, unknown>;
};

/** That it is a valid compose file is dclint's to say, in `npm run check`. */
describe('docker-compose.yml', () => {
  it('gives the stores that its own comment and the README tell people to use', () => {
    const { environment, ports } = services.postgres;
    const { POSTGRES_USER: user, POSTGRES_PASSWORD: password, POSTGRES_DB: database } = environment!;
    const databaseUrl = `postgres://${user}:${password}@${ports[0]!.replace(/:\d+$/, '')}/${database}`;
    const redisUrl = `redis://${services.valkey.ports[0]!.replace(/:\d+$/, '')}`;

    for (const source of [text, readFileSync('README.md', 'utf8')]) {
      expect(source).toContain(`DATABASE_URL=${databaseUrl}`);
      expect(source).toContain(`REDIS_URL=${redisUrl}`);
    }
    expect(loadConfig({ DATABASE_URL: databaseUrl }).databaseUrl).toBe(databaseUrl);
  });

  it.each(Object.keys(services))('%s is on loopback only, keeps its data, and says when it is healthy', (name) => {
    const service = services[name as keyof typeof services];

    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    for (const volume of service.volumes) expect(Object.keys(volumes)).toContain(volume.split(':')[0]);
    expect(service.healthcheck).toMatchObject({ interval: expect.any(String), start_period: expect.any(String) });
    expect(service.image).not.toMatch(/latest$/);
  });

  it('lets Valkey refuse what it has no room for, instead of dropping jobs', () => {
    expect(services.valkey.command.join(' ')).toMatch(
      /--appendonly yes.*--maxmemory \w+ --maxmemory-policy noeviction/,
    );
  });
});
