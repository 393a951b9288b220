import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Elsewhere } from '../../test/elsewhere.js';

const nobody = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const canBeNobody = isRoot && spawnSync(process.execPath, ['--version'], nobody).status === 0;
const namespaces = spawnSync('unshare', ['--user', '--map-user=65534', 'true']).status === 0;

if (!canBeNobody || !namespaces) {
  process.stderr.write(
    `\n*** Tests of starting as another user did NOT all run: they need root, a Node.js that everybody may run${
      namespaces ? '' : ', and user namespaces'
    }. ***\n\n`,
  );
}

async function serverVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  return rows[0]!.server_version;
}

let root: string;
let dataDir: string;
let elsewhere: Elsewhere;

beforeAll(async () => {
  elsewhere = await Elsewhere.install();
});
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-test-user-'));
  await chmod(root, 0o755);
  await chmod(elsewhere.folder, 0o755);
  dataDir = join(root, 'data');
});
afterEach(async () => {
  await elsewhere.stop();
  await rm(root, { recursive: true, force: true });
});
afterAll(() => elsewhere.remove());

(isRoot && namespaces ? describe : describe.skip)('started by root', () => {
  it("runs in a folder that only root can enter, and changes nobody's files", async () => {
    await chmod(root, 0o700);
    await chmod(elsewhere.folder, 0o700);

    const owner = await elsewhere.start(dataDir);

    expect(await serverVersion(owner.url)).toMatch(/^18\./);
    expect((await stat(join(dataDir, 'postgres'))).uid).toBe(0);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  });
});

(canBeNobody ? describe : describe.skip)('started by or for an ordinary user', () => {
  it('runs as that user, without anything that install scripts would have made', async () => {
    await mkdir(dataDir, { mode: 0o700 });
    await chown(dataDir, nobody.uid, nobody.gid);
    await elsewhere.forgetLinks(nobody);

    const owner = await elsewhere.start(dataDir, nobody);

    expect(await serverVersion(owner.url)).toMatch(/^18\./);
    expect((await stat(join(dataDir, 'postgres'))).uid).toBe(nobody.uid);
  });

  it('root runs data of an ordinary user as that user', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true, mode: 0o700 });
    await chown(join(dataDir, 'postgres'), nobody.uid, nobody.gid);

    const owner = await elsewhere.start(dataDir);

    expect(await serverVersion(owner.url)).toMatch(/^18\./);
    expect((await stat(join(dataDir, 'postgres', 'PG_VERSION'))).uid).toBe(nobody.uid);
    expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
  });

  it("says so when the data is root's", async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await chmod(dataDir, 0o777);
    await elsewhere.forgetLinks(nobody);

    const refused = await elsewhere.start(dataDir, nobody);

    expect(refused.url).toBe(
      `EmbeddedPostgresError: The data in ${dataDir}/postgres belongs to another user: start as that user (uid 0), or choose another folder with DATA_DIR.`,
    );
  });

  it('says so when nobody but root can reach the installation', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await chown(join(dataDir, 'postgres'), nobody.uid, nobody.gid);
    await chmod(elsewhere.folder, 0o700);

    const refused = await elsewhere.start(dataDir);

    expect(refused.url).toMatch(
      /^EmbeddedPostgresError: PostgreSQL refuses to run as root, and no other user can run it here: start Gatehouse as an ordinary user/,
    );
  });
});
