import type { Environment } from './environment.js';
import type { EnvironmentProblems } from './environment-problems.js';

/** Services on their own listen at PORT plus this; together in one process they share PORT. */
const portOffsets = {
  'auth-gateway': 0,
  console: 1,
  'scim-ingest': 2,
  'claim-mapping': 3,
  'group-sync': 4,
} as const;

/** What may have a port of its own. The sandbox has its two servers and needs no third. */
export type ServicePort = keyof typeof portOffsets;

const services = Object.keys(portOffsets) as ServicePort[];

/** `group-sync` -> `GROUP_SYNC_PORT` */
export function portVariable(service: ServicePort): PortVariable {
  return `${service.replaceAll('-', '_').toUpperCase()}_PORT` as PortVariable;
}

type PortVariable = Extract<keyof Environment, `${string}_PORT` & Uppercase<string>>;

export function portsOf(env: Environment, problems: EnvironmentProblems): Record<ServicePort, number> {
  const ports = services.map((service) => {
    const variable = portVariable(service);
    const port = env[variable] ?? env.PORT + portOffsets[service];
    if (port <= 65_535) return [service, port] as const;
    problems.add(`${variable}: PORT + ${portOffsets[service]} is no port, so it must be given`, [variable, 'PORT']);
    return [service, env.PORT] as const; // The other mistakes are looked for all the same.
  });
  return Object.fromEntries(ports) as Record<ServicePort, number>;
}
