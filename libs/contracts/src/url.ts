import { z } from 'zod';

export const HttpUrl = z.url({ protocol: /^https?$/, error: 'use an absolute http or https URL' }).max(2048);
