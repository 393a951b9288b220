export type Username = { kind: 'name'; name: string } | { kind: 'missing'; claim: string };

/**
 * The SSO app's `username-claim` is a template, `some text ${claim}`. A bare name such as `preferred_username` is
 * therefore that literal text, the same for everybody: the mistake must show here as it shows at Jira.
 */
export function usernameFrom(template: string, claims: Readonly<Record<string, unknown>>): Username {
  const names = [...template.matchAll(/\$\{([^}]*)\}/g)].map(([, claim]) => claim!.trim());
  const missing = names.find((claim) => textOf(claims, claim) === undefined);
  if (missing !== undefined) return { kind: 'missing', claim: missing };
  return {
    kind: 'name',
    name: template.replace(/\$\{([^}]*)\}/g, (_, claim: string) => textOf(claims, claim.trim())!),
  };
}

function textOf(claims: Readonly<Record<string, unknown>>, claim: string): string | undefined {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
