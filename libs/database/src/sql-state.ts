/** PostgreSQL, appendix A. */
export const uniqueViolation = '23505';

/** What PostgreSQL refused a statement with, whether TypeORM or pg tells. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('driverError' in error) return sqlStateOf(error.driverError);
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
