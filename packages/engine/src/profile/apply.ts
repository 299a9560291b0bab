import type { Platform, Transaction } from '../platform/index.ts';
import { applyAttributes, type Placed } from './apply-attributes.ts';
import type { Model, ModelStore } from './catalogue.ts';
import { checkFacts } from './check-facts.ts';
import { applyConsents } from './consent-store.ts';
import { insertFacts } from './fact-store.ts';
import { learnFields } from './learn-fields.ts';
import type {
  ApplyOutcome,
  AttributesOperation,
  ConsentOperation,
  FactOperation,
  Operation,
  Rejection,
} from './operation.ts';

/**
 * Applies a batch in the caller's transaction:
 * learn what declares itself → attributes → consents → entities, relations and details onto the queue.
 */
export async function applyOperations(
  platform: Platform,
  models: ModelStore,
  transaction: Transaction,
  operations: readonly Operation[],
): Promise<ApplyOutcome> {
  const rejections: Rejection[] = [];
  const reject = (rejection: Rejection): void => void rejections.push(rejection);
  const model = await modelFor(models, transaction, operations);
  const needs = { secrets: platform.secrets, timeZone: platform.config.timeZone, now: platform.clock.now() };

  const attributes: Placed<AttributesOperation>[] = [];
  const consents: Placed<ConsentOperation>[] = [];
  const facts: Placed<FactOperation>[] = [];
  operations.forEach((operation, index) => {
    if (operation.kind === 'attributes') attributes.push({ index, operation });
    else if (operation.kind === 'consent') consents.push({ index, operation });
    else facts.push({ index, operation });
  });

  const taken = await applyAttributes(transaction, model, attributes, needs, reject);
  const consented = await applyConsents(transaction, model, consents, reject);
  const checked = checkFacts(model, facts, needs, reject);
  if (checked.length > 0)
    await insertFacts(
      transaction,
      checked.map((placed) => placed.operation),
    );
  return {
    applied: taken.size + consented.size + checked.length,
    rejections: rejections.sort((a, b) => a.index - b.index),
  };
}

/** The model with everything in it that the batch may declare itself. */
export async function modelFor(
  models: ModelStore,
  transaction: Transaction,
  operations: readonly Operation[],
): Promise<Model> {
  const model = await models.read(transaction);
  const learnt = learnFields(model, operations);
  return learnt ? models.declare(transaction, learnt) : model;
}
