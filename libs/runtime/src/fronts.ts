import type { Front } from './service.js';

/** The first that takes a request has it. What no front takes is for Nest; an upgrade is for the first front alone. */
export function inOrder(fronts: readonly Front[]): Front | undefined {
  const [first] = fronts;
  if (!first || fronts.length === 1) return first;
  return {
    handle: (request, response) => fronts.some((front) => front.handle(request, response)),
    upgrade: (request, socket, head) => first.upgrade(request, socket, head),
  };
}
