import { createHash } from 'node:crypto';

export type FailureStatus = 400 | 413 | 501 | 502 | 503 | 504;

export interface Failure {
  readonly status: FailureStatus;
  /** Under which the log has the cause. */
  readonly reference: string | undefined;
  /** The `Accept` header of the request. */
  readonly accept: string | undefined;
}

export interface FailureAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const texts: Record<FailureStatus, string> = {
  400: 'This request is not valid.',
  413: 'This request is too large.',
  501: 'This request cannot be passed on to Jira.',
  502: 'Jira is not answering at the moment. Please try again in a minute.',
  503: 'Too many requests are waiting for Jira at the moment. Please try again in a minute.',
  504: 'Jira took too long to answer. Please try again in a minute.',
};

const style =
  'body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}' +
  '@media(prefers-color-scheme:dark){body{background:#1d2125;color:#dee4ea}a{color:#85b8ff}}';
const styleHash = createHash('sha256').update(style).digest('base64');

const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** A page for browsers, Jira's own error envelope for everybody else. Neither says where Jira is or what went wrong inside. */
export function failureAnswer({ status, reference, accept }: Failure): FailureAnswer {
  const retry: Record<string, string> = status >= 502 ? { 'retry-after': '30' } : {};
  if (accept?.toLowerCase().includes('text/html')) {
    return {
      status,
      headers: {
        ...common,
        ...retry,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
      },
      body: page(texts[status], status >= 502, reference),
    };
  }
  return {
    status,
    headers: { ...common, ...retry, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ errorMessages: [texts[status]], errors: {}, reference }),
  };
}

function page(text: string, again: boolean, reference: string | undefined): string {
  const title = again ? 'Jira is not available' : 'Request refused';
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title>`,
    `<style>${style}</style></head><body><main><h1>${title}</h1><p>${text}</p>`,
    again ? '<p><a href="">Try again</a></p>' : '',
    reference === undefined ? '' : `<p>Reference: <code>${reference}</code></p>`,
    '</main></body></html>',
  ].join('');
}
