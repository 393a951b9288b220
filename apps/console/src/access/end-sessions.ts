import type { EntityManager } from 'typeorm';

/** @returns how many. A session is worth no more than the token it was opened with; ended in the commit that takes the token away. */
export async function endSessionsOf(manager: EntityManager, apiTokenId: string, reason: string): Promise<number> {
  const [, ended] = await manager.query<[unknown[], number]>(
    `update console.session set ended_at = now(), ended_reason = $2 where api_token_id = $1 and ended_at is null`,
    [apiTokenId, reason],
  );
  return ended;
}
