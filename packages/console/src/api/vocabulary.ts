/** What the API speaks of, by one name each: shapes and lists of codes of the rooms' contracts. */
import {
  audienceApi,
  canvasApi,
  contentApi,
  decisionApi,
  hubApi,
  identityApi,
  ingestApi,
  type importsApi,
  type insightApi,
  type profileApi,
} from '@wutong/contract';

export const { audienceIdSchema } = audienceApi;
export const { strategyStates } = canvasApi;
export const { channels, purposes } = contentApi;
export const { riskLevels } = decisionApi;
export const { messageStates, taskOutcomes, taskStates } = hubApi;
export const { quarantineStates } = identityApi;
export const { planStates, rejectedStates } = ingestApi;

export type AwaitedSource = audienceApi.AwaitedSource;
export type Channel = contentApi.Channel;
export type Comparison = insightApi.Comparison;
export type ContentVersion = contentApi.ContentVersion;
export type EnrolledPerson = canvasApi.EnrolledPerson;
export type Import = importsApi.Import;
export type KeyType = identityApi.KeyType;
export type LedgerRow = ingestApi.LedgerRow;
export type MapChange = identityApi.MapChange;
export type MessageState = hubApi.MessageState;
export type NodeNumbers = canvasApi.NodeNumbers;
export type PersonView = profileApi.PersonView;
export type PlanEvent = ingestApi.PlanEvent;
export type PlanProperty = ingestApi.PlanProperty;
export type Policy = decisionApi.Policy;
export type Purpose = contentApi.Purpose;
export type QuarantineItem = identityApi.QuarantineItem;
export type RejectedRecord = ingestApi.RejectedRecord;
export type RiskLevel = decisionApi.RiskLevel;
export type Route = hubApi.Route;
export type Schedule = audienceApi.Schedule;
export type SegmentView = audienceApi.SegmentView;
export type Sharing = audienceApi.Sharing;
export type ShownAssertion = identityApi.ShownAssertion;
export type ShownDetail = profileApi.ShownDetail;
export type ShownRelation = profileApi.ShownRelation;
export type ShownValue = profileApi.ShownValue;
export type Source = ingestApi.Source;
export type Strategy = canvasApi.Strategy;
export type StrategyNumbers = canvasApi.StrategyNumbers;
export type StrategyState = canvasApi.StrategyState;
export type StrategySummary = canvasApi.StrategySummary;
export type StrategyVersion = canvasApi.StrategyVersion;
export type Summary = insightApi.Summary;
export type TagView = audienceApi.TagView;
export type Usage = audienceApi.Usage;
