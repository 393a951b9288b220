/** What all processes of this benchmark agree on. */
export const clientAtIdp = { id: 'broker', secret: 'broker-secret-0123456789-0123456789' };
export const provider = 'company';
export const scopes = ['openid', 'email', 'profile'];

/** Jira as the OP knows it. Nothing listens there: the driver takes the code from the redirect. */
export const jira = {
  clientId: 'jira',
  origin: 'http://jira.bench.test',
  callback: 'http://jira.bench.test/plugins/servlet/oidc/callback',
};

/** A process started by `--import control.js` tells its parent where it listens, once it does. */
export interface Listening {
  readonly listening: number;
}

export function tellPort(port: number): void {
  process.send?.({ listening: port } satisfies Listening);
}

export function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is missing`);
  return value;
}
