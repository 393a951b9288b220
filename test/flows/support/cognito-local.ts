import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from '@gatehouse/testing';

const region = 'eu-central-1';

/** The emulator of Cognito's user pools, which other people wrote; it asks nobody to sign anything. */
export class CognitoLocal {
  private constructor(
    readonly address: string,
    readonly userPoolId: string,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(): Promise<CognitoLocal> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-cognito-'));
    await mkdir(join(folder, '.cognito'));
    // By itself it has people sign in by e-mail address only.
    await writeFile(join(folder, '.cognito/config.json'), '{"UserPoolDefaults":{"UsernameAttributes":[]}}');
    const port = await freePort();
    const program = createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js');
    const emulator = spawn(process.execPath, [program], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: String(port) },
      stdio: 'ignore',
    });
    const end = async () => {
      const exited = once(emulator, 'exit');
      if (emulator.exitCode === null && emulator.kill('SIGKILL')) await exited;
      await rm(folder, { recursive: true, force: true });
    };
    const address = `http://127.0.0.1:${port}/`;
    const isUp = async () => (await fetch(`${address}health`).catch(() => undefined)) !== undefined;
    await waitFor(isUp, { timeoutMs: 90_000, what: 'cognito-local' });
    const { UserPool } = (await call(address, 'CreateUserPool', {
      PoolName: 'people',
    })) as { UserPool: { Id: string } };
    return new CognitoLocal(address, UserPool.Id, end);
  }

  /** As `providers.<key>.pullSync`. */
  get pullSync(): object {
    const credentials = { accessKeyId: 'AKIALOCALLOCALLOCAL1', secretAccessKey: 'a-secret-of-cognito-local' };
    return { userPoolId: this.userPoolId, region, endpoint: this.address, requestsPerSecond: 25, ...credentials };
  }

  async ask(action: string, body: object): Promise<void> {
    await call(this.address, action, { UserPoolId: this.userPoolId, ...body });
  }

  async addUser(Username: string): Promise<void> {
    const attributes = { email: `${Username}@example.com`, email_verified: 'true', name: `The ${Username}` };
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
    await this.ask('AdminCreateUser', { Username, UserAttributes, MessageAction: 'SUPPRESS' });
  }

  close(): Promise<void> {
    return this.end();
  }
}

async function call(address: string, action: string, body: object): Promise<unknown> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${action} answered ${answer.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
