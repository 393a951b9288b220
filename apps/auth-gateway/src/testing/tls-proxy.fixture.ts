import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from '@gatehouse/testing';
import { selfSigned } from './self-signed.fixture.js';

/** What ends TLS in front of the gateway and passes paths on as they came. */
export interface TlsProxy {
  readonly port: number;
  /** PEM of what it shows. */
  readonly certificate: string;
  /** Where it passes requests on; before that it has nothing to pass them to. */
  passTo(port: number): Promise<void>;
  close(): Promise<void>;
}

/** @param keepsHost false: it says its own view of the upstream, as several proxies do unless told otherwise */
export async function nodeProxy({ keepsHost }: { keepsHost: boolean }): Promise<TlsProxy> {
  const { key, cert } = selfSigned();
  let upstream = 0;
  const server = createServer({ key, cert }, (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, url, headers, socket } = incoming;
    const said = {
      ...headers,
      host: keepsHost ? headers.host : `127.0.0.1:${upstream}`,
      'x-forwarded-for': socket.remoteAddress,
      'x-forwarded-proto': 'https',
    };
    const passed = request({ host: '127.0.0.1', port: upstream, method, path: url, headers: said }, (answer) => {
      response.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    incoming.pipe(passed);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    certificate: cert,
    passTo: (to) => Promise.resolve(void (upstream = to)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Whether there is an nginx on PATH; says loudly when there is none, because tests are skipped then. */
export function canStartNginx(what: string): boolean {
  if (spawnSync('nginx', ['-v']).status === 0) return true;
  process.stderr.write(`\n*** ${what} did NOT run: there is no nginx on PATH. Install it. ***\n\n`);
  return false;
}

/** A real nginx, configured as docs/operations.md shows it. */
export async function nginxProxy(): Promise<TlsProxy> {
  const { key, cert } = selfSigned();
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-nginx-'));
  await writeFile(join(folder, 'key.pem'), key);
  await writeFile(join(folder, 'cert.pem'), cert);
  let stop = (): Promise<void> => Promise.resolve();
  return {
    port,
    certificate: cert,
    async passTo(upstream) {
      const file = join(folder, 'nginx.conf');
      await writeFile(file, nginxConfiguration(folder, port, upstream));
      const child = spawn('nginx', ['-c', file, '-p', folder, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      stop = () => {
        child.kill('SIGTERM');
        return ended;
      };
      await waitFor(
        () => {
          if (child.exitCode !== null) throw new Error(said);
          return fetch(`http://127.0.0.1:${port}/`).then(() => true);
        },
        { what: 'nginx' },
      );
    },
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function nginxConfiguration(folder: string, port: number, upstream: number): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
pid ${folder}/nginx.pid;
worker_processes 1;
events {}
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https;
    }
  }
}
`;
}
