import { z } from 'zod';
import { endpoint } from '../endpoint.ts';

const titleSchema = z.object({ en: z.string().min(1).max(100), zh: z.string().min(1).max(100) });

/** How many different values of a type one person may have. */
export const cardinalities = ['one', 'many'] as const;

/**
 * What happens to a key that is asked for by a second person who cannot be the first:
 * it stays (`keep`), it goes to the newer one (`newest`: a recycled mobile number), or an analyst
 * decides (`quarantine`).
 */
export const contestedPolicies = ['keep', 'newest', 'quarantine'] as const;

/** How values of a type are brought to one form before they are compared. */
export const normalisations = ['trim', 'lowercase', 'uppercase', 'mobile'] as const;

export const keyTypeSchema = z.object({
  type: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,49}$/)
    .describe('name used by sources, e.g. customer_number'),
  title: titleSchema,
  meaning: z.string().max(500).default(''),
  priority: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .describe('lower is stronger; the strongest key of a record anchors it'),
  cardinality: z.enum(cardinalities),
  contested: z.enum(contestedPolicies),
  maximumPerPerson: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('most keys of this type a person'),
  windowLimit: z
    .object({ maximum: z.number().int().min(1).max(10_000), windowMs: z.number().int().min(1000) })
    .optional()
    .describe('most keys of this type a person may gain within the window'),
  sharedAbove: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('a key linked to more persons than this (counted by keys of cardinality one) glues nobody'),
  parent: z.string().optional().describe('key type whose loss takes keys of this type along'),
  pii: z.boolean(),
  normalisation: z.enum(normalisations).default('trim'),
  blockedValues: z.array(z.string().max(200)).max(1000).default([]),
  blockedPatterns: z
    .array(z.string().max(200))
    .max(50)
    .default([])
    .describe('regular expressions over the whole normalised value'),
});
export type KeyType = z.output<typeof keyTypeSchema>;

export const listKeyTypes = endpoint({
  name: 'listKeyTypes',
  method: 'GET',
  path: '/api/v1/key-types',
  room: 'identity',
  summary: { en: 'Key types and their rules, strongest first', zh: '标识类型与规则（按优先级）' },
  permission: 'identity.read',
  response: z.object({
    items: z.array(keyTypeSchema.extend({ keyCount: z.number().describe('keys seen of this type') })),
  }),
});

/** What a change of rules would do to the map. */
export const mapChangeSchema = z.object({
  mergedPersons: z.number().describe('persons that would be merged into others'),
  splitPersons: z.number().describe('persons that would be split'),
  movedKeys: z.number(),
  samples: z
    .array(
      z.object({
        kind: z.enum(['merge', 'split', 'move']),
        before: z.array(
          z.object({ personId: z.number(), keys: z.array(z.string().describe('type: masked value')) }),
        ),
        after: z.array(z.object({ personId: z.number(), keys: z.array(z.string()) })),
      }),
    )
    .describe('at most 20 of them'),
});
export type MapChange = z.output<typeof mapChangeSchema>;

export const saveKeyType = endpoint({
  name: 'saveKeyType',
  method: 'PUT',
  path: '/api/v1/key-types/:type',
  room: 'identity',
  summary: {
    en: 'Declare or change a key type; with `dryRun` only says what would be merged and split',
    zh: '定义或修改标识类型；dryRun 仅预演会合并、拆分哪些客户',
  },
  permission: 'identity.write',
  params: z.object({ type: z.string().max(50) }),
  query: z.object({ dryRun: z.stringbool().default(false) }),
  body: keyTypeSchema,
  response: z.object({ saved: z.boolean(), change: mapChangeSchema }),
  errors: ['key_type_invalid', 'too_many_connected_keys'],
});

export const findPeople = endpoint({
  name: 'findPeople',
  method: 'GET',
  path: '/api/v1/people',
  room: 'identity',
  summary: { en: 'Find people by a whole value of any key', zh: '按任一标识的完整值查找客户' },
  permission: 'people.read',
  query: z.object({ search: z.string().trim().min(1).max(200) }),
  response: z.object({
    items: z.array(
      z.object({
        personId: z.number(),
        matched: z.object({ type: z.string(), keyNumber: z.number(), masked: z.string() }),
        keys: z.array(z.object({ type: z.string(), keyNumber: z.number(), masked: z.string() })),
      }),
    ),
  }),
});

export const findPeopleOfKeys = endpoint({
  name: 'findPeopleOfKeys',
  method: 'POST',
  path: '/api/v1/people/of-keys',
  room: 'identity',
  summary: {
    en: 'The people that a list of whole key values belongs to; values that belong to nobody are absent',
    zh: '一批标识的完整值各属于哪位客户；不属于任何人的不返回',
  },
  permission: 'people.read',
  body: z.object({
    values: z.array(z.string().trim().min(1).max(200)).min(1).max(5_000),
    type: z.string().max(50).optional().describe('key type of all values; absent: any, the strongest first'),
  }),
  response: z.object({ items: z.array(z.object({ value: z.string(), personId: z.number() })) }),
  bodyLimitBytes: 4 * 2 ** 20,
});

const personParams = z.object({ personId: z.coerce.number().int().min(0) });

export const listKeysOfPerson = endpoint({
  name: 'listKeysOfPerson',
  method: 'GET',
  path: '/api/v1/people/:personId/keys',
  room: 'identity',
  summary: { en: 'Keys of a person, masked', zh: '客户的全部标识（脱敏）' },
  permission: 'people.read',
  params: personParams,
  response: z.object({
    items: z.array(
      z.object({
        type: z.string(),
        keyNumber: z.number(),
        masked: z.string(),
        firstSeenAt: z.string(),
        shared: z.boolean().describe('linked to too many persons to glue any'),
      }),
    ),
  }),
  errors: ['person_not_found'],
});

/** Why keys are together: one row per assertion. */
export const assertionSchema = z.object({
  assertionId: z.string(),
  kind: z.enum(['bind', 'seen', 'sign_up', 'unbind', 'merge', 'apart', 'retract', 'exempt', 'shared']),
  keys: z.array(z.object({ type: z.string(), keyNumber: z.number(), masked: z.string() })),
  firstAt: z.string(),
  lastAt: z.string(),
  sourceId: z.string(),
  actor: z.string().optional().describe('the user, when a person asserted it'),
  reason: z.string().optional(),
  retracted: z.boolean(),
});
export type ShownAssertion = z.output<typeof assertionSchema>;

export const readMergeHistory = endpoint({
  name: 'readMergeHistory',
  method: 'GET',
  path: '/api/v1/people/:personId/merge-history',
  room: 'identity',
  summary: {
    en: 'Assertions behind a person, and moves of keys to and from it with the assertions that explain each, newest first; both people of a move show it',
    zh: '客户的合并依据与标识变更历史：移入与移出都在双方的历史中，并附依据，最近的在前',
  },
  permission: 'identity.read',
  params: personParams,
  response: z.object({
    assertions: z.array(assertionSchema),
    changes: z.array(
      z.object({
        sequence: z.number(),
        keyNumber: z.number(),
        oldPersonId: z.number(),
        newPersonId: z.number(),
        at: z.string(),
        key: z.object({ type: z.string(), keyNumber: z.number(), masked: z.string() }),
        cause: z.string().describe('ingest, decision, unmerge, linking or rules'),
        evidence: z
          .array(assertionSchema)
          .describe('what was said in that step, and what it took back; empty where rules changed'),
      }),
    ),
  }),
  errors: ['person_not_found'],
});

export const unmergePerson = endpoint({
  name: 'unmergePerson',
  method: 'POST',
  path: '/api/v1/people/:personId/unmerge',
  room: 'identity',
  summary: {
    en: 'Take the named keys out of a person: the links between both sides are retracted and stay retracted',
    zh: '把所选标识从客户拆出：两侧之间的关联被撤回，且不再自动合并',
  },
  permission: 'identity.write',
  params: personParams,
  body: z.object({
    keyNumbers: z.array(z.number().int()).min(1).max(1000),
    reason: z.string().trim().min(2).max(500),
  }),
  response: z.object({
    personIds: z.array(z.number()).describe('the persons that the keys belong to now'),
    retractedAssertions: z.number(),
  }),
  errors: ['person_not_found', 'key_not_of_person', 'unmerge_takes_all', 'too_many_connected_keys'],
});

export const quarantineReasons = ['cardinality', 'limit', 'window', 'shared', 'linkage', 'size'] as const;
export const quarantineStates = ['open', 'accepted', 'rejected', 'obsolete'] as const;

export const quarantineItemSchema = z.object({
  itemId: z.string(),
  reason: z.enum(quarantineReasons),
  state: z.enum(quarantineStates),
  foundAt: z.string(),
  keys: z.array(
    z.object({ type: z.string(), keyNumber: z.number(), masked: z.string(), personId: z.number() }),
  ),
  counted: z
    .array(z.object({ type: z.string(), keyNumber: z.number(), masked: z.string(), personId: z.number() }))
    .describe('the keys that the guard counted, at most 20, with their present persons'),
  evidence: z.record(z.string(), z.unknown()).describe('what was counted or compared; values masked'),
  decidedAt: z.string().optional(),
  decidedBy: z.string().optional(),
  decisionReason: z.string().optional(),
});
export type QuarantineItem = z.output<typeof quarantineItemSchema>;

export const listQuarantine = endpoint({
  name: 'listQuarantine',
  method: 'GET',
  path: '/api/v1/quarantine',
  room: 'identity',
  summary: { en: 'Links that guards stopped, newest first', zh: '被规则拦下的关联（最新在前）' },
  permission: 'identity.read',
  query: z.object({
    state: z.enum(quarantineStates).default('open'),
    reason: z.enum(quarantineReasons).optional(),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({
    items: z.array(quarantineItemSchema),
    nextCursor: z.string().optional(),
    openCount: z.number(),
  }),
});

export const decideQuarantine = endpoint({
  name: 'decideQuarantine',
  method: 'POST',
  path: '/api/v1/quarantine/:itemId/decision',
  room: 'identity',
  summary: {
    en: 'Accept (same person, or not shared after all) or reject a quarantined link; the decision is an assertion',
    zh: '通过（同一客户，或并非共用）或驳回被拦下的关联；该决定本身成为一条断言',
  },
  permission: 'quarantine.decide',
  // Made of the keys' fingerprints, without the bits of a version.
  params: z.object({ itemId: z.guid() }),
  body: z.object({
    accept: z.boolean(),
    sharedKeyNumber: z
      .number()
      .int()
      .optional()
      .describe(
        'with accept false: the key of the item that several persons share; it glues nobody any more',
      ),
    reason: z.string().trim().min(2).max(500),
  }),
  response: z.object({ state: z.enum(quarantineStates), personIds: z.array(z.number()) }),
  errors: [
    'quarantine_item_not_found',
    'quarantine_item_decided',
    'key_not_of_item',
    'too_many_connected_keys',
  ],
});
