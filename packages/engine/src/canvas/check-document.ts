import {
  checkStrategy,
  finding,
  type contentApi,
  type Finding,
  type StrategyDocument,
  type StrategyNode,
} from '@wutong/contract';
import type { Asker } from '../audience/index.ts';
import type { CanvasNeeds } from './needs.ts';

type CheckNeeds = Pick<CanvasNeeds, 'audience' | 'content'>;
type ContentReference = { contentId: string; version?: number | undefined };

/**
 * All findings of a document: those of its shape, and those that need the catalogue and the contents. What the asker
 * may not see is unknown in conditions; no asker: the system.
 */
export async function checkDocument(
  needs: CheckNeeds,
  document: StrategyDocument,
  asker?: Asker,
): Promise<Finding[]> {
  const findings = checkStrategy(document);
  for (const node of document.nodes) {
    for (const { eql, path } of conditionsOf(node)) {
      if (eql.trim() === '') continue;
      const { problems } = await needs.audience.check({ text: eql }, asker && { ...asker, runsLater: true });
      for (const problem of problems) {
        findings.push({
          ...finding('condition_invalid', { nodeId: node.id, path }),
          en: `The condition cannot be understood: ${problem.en}`,
          zh: `条件无法识别：${problem.zh}`,
        });
      }
    }
    for (const { reference, path } of contentsOf(node)) {
      findings.push(...(await checkContent(needs, document, node, reference, path)));
    }
  }
  return findings;
}

/** Conditions in EQL that a node holds. */
export function conditionsOf(node: StrategyNode): { eql: string; path: string }[] {
  if (node.kind === 'entry' && node.source.type === 'audience') {
    return [{ eql: node.source.eql, path: 'source.eql' }];
  }
  if (node.kind !== 'branch') return [];
  return node.branches.map((branch, index) => ({ eql: branch.eql, path: `branches.${index}.eql` }));
}

function contentsOf(node: StrategyNode): { reference: ContentReference; path: string }[] {
  if (node.kind !== 'send' && node.kind !== 'task') return [];
  return [
    ...(node.content ? [{ reference: node.content, path: 'content' }] : []),
    ...Object.entries(node.contentByVariant ?? {}).map(([label, reference]) => ({
      reference,
      path: `contentByVariant.${label}`,
    })),
  ];
}

async function checkContent(
  needs: CheckNeeds,
  document: StrategyDocument,
  node: StrategyNode,
  reference: ContentReference,
  path: string,
): Promise<Finding[]> {
  const where = { nodeId: node.id, path };
  const { contentId } = reference;
  const content =
    reference.version === undefined
      ? await needs.content.approvedVersion(contentId)
      : await needs.content.version({ contentId, version: reference.version });
  if (content?.state !== 'approved') return [finding('content_unknown', where, { contentId })];
  const findings: Finding[] = [];
  const channel: contentApi.Channel = node.kind === 'send' ? node.channel : 'task';
  const reached = node.kind === 'send' ? [channel, ...(node.cascade?.nextChannels ?? [])] : [channel];
  for (const each of reached) {
    if (content.variants[each] === undefined) {
      findings.push(finding('content_channel_missing', where, { contentId, channel: each }));
    }
  }
  // Marketing text under a service strategy would slip past consent and caps.
  if (content.purpose === 'marketing' && document.policy.purpose !== 'marketing') {
    findings.push(finding('content_purpose_differs', where, { contentId, purpose: content.purpose }));
  }
  return findings;
}

/** The document with every content's version written in: what is approved names exactly what is sent. */
export async function resolveContents(
  needs: Pick<CanvasNeeds, 'content'>,
  document: StrategyDocument,
): Promise<StrategyDocument> {
  const resolve = async (reference: ContentReference): Promise<ContentReference> => {
    if (reference.version !== undefined) return reference;
    const approved = await needs.content.approvedVersion(reference.contentId);
    return approved ? { contentId: reference.contentId, version: approved.version } : reference;
  };
  const nodes: StrategyNode[] = [];
  for (const node of document.nodes) {
    if (node.kind !== 'send' && node.kind !== 'task') {
      nodes.push(node);
      continue;
    }
    const byVariant: Record<string, ContentReference> = {};
    for (const [label, reference] of Object.entries(node.contentByVariant ?? {})) {
      byVariant[label] = await resolve(reference);
    }
    nodes.push({
      ...node,
      ...(node.content ? { content: await resolve(node.content) } : {}),
      ...(node.contentByVariant ? { contentByVariant: byVariant } : {}),
    });
  }
  return { ...document, nodes };
}
