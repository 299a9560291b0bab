import {
  SHARE_TOTAL,
  type EntrySource,
  type NodeOfKind,
  type StrategyDocument,
  type StrategyNode,
  type Wait,
} from './document.ts';
import { finding, type Finding } from './finding.ts';
import { reachable, type StrategyGraph } from './graph.ts';

/** What is wrong inside one node. */
export function checkNode(node: StrategyNode, graph: StrategyGraph, document: StrategyDocument): Finding[] {
  switch (node.kind) {
    case 'entry':
      return checkSource(node.id, node.source);
    case 'split':
      return checkSplit(node);
    case 'branch':
      return [
        ...repeatedLabels(node.id, node.branches),
        ...node.branches.flatMap((branch, index) =>
          branch.eql.trim() === ''
            ? [finding('condition_missing', { nodeId: node.id, path: `branches.${index}.eql` })]
            : [],
        ),
      ];
    case 'send':
    case 'task':
      return checkContent(node, graph, document);
    case 'wait':
      return checkWait(node.id, node.wait, graph);
    case 'holdout':
    case 'exit':
      return [];
  }
}

function checkSource(nodeId: string, source: EntrySource): Finding[] {
  if (source.type === 'event') return emptyName(nodeId, 'source.event', source.event);
  if (source.type === 'api') return [];
  const findings =
    source.eql.trim() === '' ? [finding('condition_missing', { nodeId, path: 'source.eql' })] : [];
  const schedule = source.schedule;
  const instant = schedule.kind === 'once' ? schedule.at : schedule.until;
  if (instant !== undefined && Number.isNaN(Date.parse(instant))) {
    findings.push(finding('time_invalid', { nodeId, path: 'source.schedule' }, { value: instant }));
  }
  if (schedule.kind === 'daily') findings.push(...checkZone(nodeId, 'source.schedule', schedule.timeZone));
  return findings;
}

function checkSplit(node: NodeOfKind<'split'>): Finding[] {
  const total = node.branches.reduce((sum, branch) => sum + branch.share, 0);
  const findings = repeatedLabels(node.id, node.branches);
  if (total !== SHARE_TOTAL) {
    findings.push(finding('shares_not_whole', { nodeId: node.id, path: 'branches' }, { total }));
  }
  return findings;
}

function checkContent(
  node: NodeOfKind<'send'> | NodeOfKind<'task'>,
  graph: StrategyGraph,
  document: StrategyDocument,
): Finding[] {
  if (node.variantOf === undefined) {
    return node.content ? [] : [finding('content_missing', { nodeId: node.id, path: 'content' })];
  }
  const split = document.nodes.find((other) => other.id === node.variantOf);
  if (split?.kind !== 'split' || !reachable(graph, split.id).has(node.id)) {
    return [
      finding('variant_source_unknown', { nodeId: node.id, path: 'variantOf' }, { id: node.variantOf }),
    ];
  }
  return split.branches
    .filter((branch) => !node.contentByVariant?.[branch.label] && !node.content)
    .map((branch) =>
      finding(
        'variant_content_missing',
        { nodeId: node.id, path: `contentByVariant.${branch.label}` },
        { label: branch.label },
      ),
    );
}

function checkWait(nodeId: string, wait: Wait, graph: StrategyGraph): Finding[] {
  switch (wait.type) {
    case 'duration':
      return [];
    case 'time_of_day':
      return checkZone(nodeId, 'wait.timeZone', wait.timeZone);
    case 'window':
      return [
        ...(wait.from === wait.to ? [finding('window_empty', { nodeId, path: 'wait.to' })] : []),
        ...checkZone(nodeId, 'wait.timeZone', wait.timeZone),
      ];
    case 'event':
      return [
        ...emptyName(nodeId, 'wait.event', wait.event),
        ...(wait.ofNodes ?? []).flatMap((id, index) => {
          const source = graph.nodes.get(id);
          const isAbove =
            (source?.kind === 'send' || source?.kind === 'task') && reachable(graph, id).has(nodeId);
          return isAbove
            ? []
            : [finding('of_node_unknown', { nodeId, path: `wait.ofNodes.${index}` }, { id })];
        }),
      ];
  }
}

function emptyName(nodeId: string, path: string, name: string): Finding[] {
  return name.trim() === '' ? [finding('condition_missing', { nodeId, path })] : [];
}

function repeatedLabels(nodeId: string, branches: readonly { label: string }[]): Finding[] {
  const seen = new Set<string>();
  return branches.flatMap(({ label }, index) => {
    if (!seen.has(label)) {
      seen.add(label);
      return [];
    }
    return [finding('branch_repeated', { nodeId, path: `branches.${index}.label` }, { label })];
  });
}

function checkZone(nodeId: string, path: string, timeZone: string | undefined): Finding[] {
  if (timeZone === undefined || isTimeZone(timeZone)) return [];
  return [finding('time_zone_unknown', { nodeId, path }, { timeZone })];
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
