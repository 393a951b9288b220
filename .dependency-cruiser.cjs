/** The boundaries of ARCHITECTURE.md, as rules. */
module.exports = {
  forbidden: [
    {
      name: 'apps-never-import-apps',
      comment: 'Only apps/suite composes services.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/suite/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    { name: 'libs-never-import-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'contracts-and-errors-stand-alone',
      comment: 'They are the first thing to read and import nothing of ours.',
      severity: 'error',
      from: { path: '^libs/(contracts|errors)/' },
      to: { path: '^(libs|apps)/', pathNot: '^libs/(contracts|errors)/' },
    },
    {
      name: 'mapping-is-pure',
      comment: 'Decisions need no Nest, no I/O, no logger.',
      severity: 'error',
      from: { path: '^libs/mapping/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '(^libs/(database|messaging|jira-client|runtime|telemetry|config)/)|(node_modules/(@nestjs|pg|typeorm|bullmq|pino))',
      },
    },
    {
      name: 'scim-is-pure',
      comment: 'What SCIM means needs no Nest, no I/O, no logger: it makes statements and decisions, others run them.',
      severity: 'error',
      from: { path: '^libs/scim/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '(^libs/(?!scim/|mapping/))|(node_modules/)|^(node:)?(fs|net|http|https|child_process|timers)(/|$)',
      },
    },
    {
      name: 'bullmq-only-in-messaging',
      severity: 'error',
      from: { pathNot: '^libs/messaging/' },
      to: { path: 'node_modules/bullmq' },
    },
    {
      name: 'sandbox-knows-nothing-of-the-product',
      comment: 'A stand-in that shares code with what it tests proves nothing.',
      severity: 'error',
      from: { path: '^apps/sandbox/', pathNot: '(\\.spec\\.ts$|service\\.ts$|main\\.ts$|clients\\.ts$)' },
      to: { path: '^libs/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
