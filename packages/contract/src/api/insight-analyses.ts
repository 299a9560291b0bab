import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import {
  analysisCellSchema,
  attributionAnswerSchema,
  attributionRequestSchema,
  distributionAnswerSchema,
  distributionRequestSchema,
  funnelAnswerSchema,
  funnelRequestSchema,
  intervalAnswerSchema,
  intervalRequestSchema,
  lifetimeValueAnswerSchema,
  lifetimeValueRequestSchema,
  pathAnswerSchema,
  pathRequestSchema,
  recencyAnswerSchema,
  recencyRequestSchema,
  retentionAnswerSchema,
  retentionRequestSchema,
  sequenceAnswerSchema,
  sequenceRequestSchema,
  sessionAnswerSchema,
  sessionRequestSchema,
  trendAnswerSchema,
  trendRequestSchema,
} from '../insight/index.ts';

const ERRORS = ['eql_invalid', 'analysis_invalid', 'analysis_too_slow', 'analysis_too_large'];

function analysis<Body extends z.ZodType, Response extends z.ZodType>(
  name: string,
  path: string,
  summary: { en: string; zh: string },
  body: Body,
  response: Response,
) {
  return endpoint({
    name,
    method: 'POST',
    path: `/api/v1/analyses/${path}`,
    room: 'insight',
    summary,
    permission: 'report.read',
    body,
    response,
    errors: ERRORS,
  });
}

export const analyseTrend = analysis(
  'analyseTrend',
  'trend',
  { en: 'Event analysis: events over time', zh: '事件分析' },
  trendRequestSchema,
  trendAnswerSchema,
);
export const analyseFunnel = analysis(
  'analyseFunnel',
  'funnel',
  { en: 'Funnel analysis', zh: '漏斗分析' },
  funnelRequestSchema,
  funnelAnswerSchema,
);
export const analyseRetention = analysis(
  'analyseRetention',
  'retention',
  { en: 'Retention analysis', zh: '留存分析' },
  retentionRequestSchema,
  retentionAnswerSchema,
);
export const analysePath = analysis(
  'analysePath',
  'path',
  { en: 'Path analysis', zh: '路径分析' },
  pathRequestSchema,
  pathAnswerSchema,
);
export const analyseDistribution = analysis(
  'analyseDistribution',
  'distribution',
  { en: 'Distribution of a number over people', zh: '分布分析' },
  distributionRequestSchema,
  distributionAnswerSchema,
);
export const analyseInterval = analysis(
  'analyseInterval',
  'interval',
  { en: 'Time between two events', zh: '间隔分析' },
  intervalRequestSchema,
  intervalAnswerSchema,
);
export const analyseAttribution = analysis(
  'analyseAttribution',
  'attribution',
  { en: 'Attribution of conversions to touches', zh: '归因分析' },
  attributionRequestSchema,
  attributionAnswerSchema,
);
export const analyseLifetimeValue = analysis(
  'analyseLifetimeValue',
  'lifetime-value',
  { en: 'Value of people over time, by cohort', zh: 'LTV 分析' },
  lifetimeValueRequestSchema,
  lifetimeValueAnswerSchema,
);
export const analyseSession = analysis(
  'analyseSession',
  'session',
  { en: 'Session analysis', zh: 'Session 分析' },
  sessionRequestSchema,
  sessionAnswerSchema,
);
export const analyseRecency = analysis(
  'analyseRecency',
  'recency',
  { en: 'Recency, frequency and value (RFM)', zh: 'RFM 分析' },
  recencyRequestSchema,
  recencyAnswerSchema,
);
export const analyseSequence = endpoint({
  name: 'analyseSequence',
  method: 'POST',
  path: '/api/v1/analyses/sequence',
  room: 'insight',
  summary: { en: 'What single people did, in order', zh: '用户行为序列' },
  permission: 'people.read',
  body: sequenceRequestSchema,
  response: sequenceAnswerSchema,
  errors: ERRORS,
});

export const listAnalysisPeople = endpoint({
  name: 'listAnalysisPeople',
  method: 'POST',
  path: '/api/v1/analyses/people',
  room: 'insight',
  summary: { en: 'The people behind a number, by id', zh: '下钻：某个数字背后的客户' },
  permission: 'people.read',
  body: z.object({
    of: analysisCellSchema,
    afterPersonId: z.number().int().min(0).optional(),
    limit: z.number().int().min(1).max(10_000).default(100),
  }),
  response: z.object({
    total: z.number().int(),
    personIds: z.array(z.number().int()),
    nextAfterPersonId: z.number().int().optional(),
  }),
  errors: ERRORS,
});

export const saveAnalysisPeople = endpoint({
  name: 'saveAnalysisPeople',
  method: 'POST',
  path: '/api/v1/analyses/people/segment',
  room: 'insight',
  summary: { en: 'Make a segment of the people behind a number', zh: '将下钻客户保存为人群' },
  permission: 'segment.write',
  body: z.object({
    of: analysisCellSchema,
    segmentId: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
    name: z.string().min(1).max(200),
  }),
  response: z.object({ segmentId: z.string(), people: z.number().int() }),
  errors: [...ERRORS, 'segment_exists'],
});
