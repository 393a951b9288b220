export interface AdminTokenFacts {
  /** Set only by the start that made it. */
  readonly created: string | undefined;
  readonly configured: boolean;
  readonly file: string | undefined;
}

/** Printed for the person at the terminal, never logged. */
export function adminTokenGreeting({ created, configured, file }: AdminTokenFacts): readonly string[] {
  if (configured) return ['Admin token: the one you set in ADMIN_TOKEN'];
  if (created && file) return [`Admin token: ${created}`, `             (kept in ${file})`];
  if (created) return [`Admin token: ${created}`, '             (shown this once; set ADMIN_TOKEN to replace it)'];
  if (file) return [`Admin token: made at the first start, kept in ${file}`];
  return ['Admin token: shown at the first start; set ADMIN_TOKEN to replace it'];
}
