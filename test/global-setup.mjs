import { randomUUID } from 'node:crypto';

export default async function globalSetup() {
  process.env.TEST_RUN_ID = randomUUID();
  process.env.TEST_SERVER_URL = process.env.TEST_DATABASE_URL;
}
