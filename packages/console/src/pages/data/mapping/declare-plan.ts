import { profileApi } from '@wutong/contract';
import { call } from '../../../api/call.ts';
import { declarationsOf, type RecordPlan } from './record-plan.ts';

/** Declares the new types and fields of a plan, where the mapping itself cannot carry them; repeating it does no harm. */
export async function declarePlan(plan: RecordPlan): Promise<void> {
  const { attributes, entityTypes, detailTypes, relationTypes } = declarationsOf(plan);
  for (const body of attributes ?? []) await call(profileApi.declareAttribute, { body });
  for (const body of entityTypes ?? []) await call(profileApi.declareEntityType, { body });
  for (const body of detailTypes ?? []) await call(profileApi.declareDetailType, { body });
  for (const body of relationTypes ?? []) await call(profileApi.declareRelationType, { body });
}
