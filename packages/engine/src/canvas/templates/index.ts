import type { canvasApi } from '@wutong/contract';
import { dormantReturn } from './dormant-return.ts';
import { largeOutflow } from './large-outflow.ts';
import { wealthRenewal } from './wealth-renewal.ts';

export type StrategyTemplate = canvasApi.StrategyTemplate;

/** Strategies that banks run, as documents to start from. Contents and conditions are to be chosen. */
export const strategyTemplates: readonly StrategyTemplate[] = [wealthRenewal, largeOutflow, dormantReturn];
