import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { serveWithoutUpgrade } from '@gatehouse/runtime';
import { inTrace, newTraceId } from '@gatehouse/telemetry';
import type { EdgeOptions } from './edge-options.js';
import { passageToJira } from './jira-passage.js';
import { WebSocketsToJira } from './web-sockets-to-jira.js';

/** Passes everything to Jira as it is, without our cookies. Policy, never identity. */
export interface Edge {
  handle(req: IncomingMessage, res: ServerResponse): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Ends WebSockets at once and lets requests finish for a moment. To be called before the HTTP server is closed,
   * which would wait for the former for ever.
   */
  close(): Promise<void>;
}

export function createEdge(options: EdgeOptions): Edge {
  const requests = passageToJira(options);
  const webSockets = new WebSocketsToJira(options);
  /** Parses what serveWithoutUpgrade puts back; never listens. */
  const reparsing = createServer((req, res) => inTrace(newTraceId(), () => requests.handle(req, res)));

  return {
    handle: (req, res) => requests.handle(req, res),
    upgrade(req, socket, head) {
      if (!(socket instanceof Socket)) socket.destroy();
      else if (isWebSocket(req)) inTrace(newTraceId(), () => webSockets.handle(req, socket, head));
      else serveWithoutUpgrade(reparsing, req, socket, head);
    },
    async close() {
      webSockets.close();
      await requests.close();
      reparsing.closeAllConnections();
    },
  };
}

function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}
