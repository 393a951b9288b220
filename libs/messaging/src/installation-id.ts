import type { DataSource } from 'typeorm';

/** Made by whichever process comes first, and the same for all of them ever after. */
export async function installationId(dataSource: DataSource): Promise<string> {
  await dataSource.query('insert into messaging.installation default values on conflict do nothing');
  const [row] = await dataSource.query<{ id: string }[]>('select id from messaging.installation');
  return row!.id;
}
