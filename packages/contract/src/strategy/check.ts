import { checkNode } from './check-node.ts';
import { edgeLabels, type StrategyDocument } from './document.ts';
import { finding, type Finding } from './finding.ts';
import { reachable, strategyGraph, topologicalOrder, type StrategyGraph } from './graph.ts';

/**
 * Everything that can be said about a document without asking the server: shape of the graph, shares,
 * holdout, waits, missing choices. The server adds what needs the catalogue (EQL, content). Pure and quick
 * (linear in nodes and edges but for `holdout` and `variantOf`), so that the canvas runs it at every change.
 */
export function checkStrategy(document: StrategyDocument): Finding[] {
  const graph = strategyGraph(document);
  const findings = [...checkEntry(document), ...checkIds(document), ...checkEdges(document)];
  findings.push(...checkWalk(graph), ...checkHoldout(document, graph));
  for (const node of document.nodes) findings.push(...checkNode(node, graph, document));
  findings.push(...checkPurpose(document), ...checkDuration(document, graph));
  return findings;
}

function checkEntry(document: StrategyDocument): Finding[] {
  const entries = document.nodes.filter((node) => node.kind === 'entry');
  if (entries.length === 0) return [finding('entry_missing')];
  return entries.slice(1).map((node) => finding('entry_repeated', { nodeId: node.id }));
}

function checkIds(document: StrategyDocument): Finding[] {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const node of document.nodes) {
    if (seen.has(node.id)) findings.push(finding('node_repeated', { nodeId: node.id }, { id: node.id }));
    seen.add(node.id);
  }
  return findings;
}

function checkEdges(document: StrategyDocument): Finding[] {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const findings: Finding[] = [];
  const taken = new Set<string>();
  document.edges.forEach((edge, index) => {
    const path = `edges.${index}`;
    for (const id of [edge.from, edge.to]) {
      if (!nodes.has(id)) findings.push(finding('edge_end_unknown', { path }, { id }));
    }
    const from = nodes.get(edge.from);
    if (!from) return;
    const labels = edgeLabels(from);
    if (![...labels.required, ...labels.optional].includes(edge.label)) {
      findings.push(finding('edge_label_unknown', { nodeId: from.id, path }, { label: edge.label }));
    }
    const key = `${edge.from}\u0000${edge.label}`;
    if (taken.has(key)) {
      findings.push(finding('edge_repeated', { nodeId: from.id, path }, { label: edge.label }));
    }
    taken.add(key);
  });
  for (const node of document.nodes) {
    for (const label of edgeLabels(node).required) {
      if (!taken.has(`${node.id}\u0000${label}`)) {
        findings.push(finding('edge_missing', { nodeId: node.id }, { label }));
      }
    }
  }
  return findings;
}

function checkWalk(graph: StrategyGraph): Finding[] {
  const ordered = new Set(topologicalOrder(graph));
  const findings = [...graph.nodes.keys()]
    .filter((id) => !ordered.has(id) && reachesItself(graph, id))
    .map((nodeId) => finding('cycle', { nodeId }));
  if (!graph.entry) return findings;
  const reached = reachable(graph, graph.entry.id);
  for (const node of graph.nodes.values()) {
    if (!reached.has(node.id) && node.kind !== 'entry') {
      findings.push(finding('unreachable', { nodeId: node.id }));
    }
  }
  return findings;
}

function reachesItself(graph: StrategyGraph, id: string): boolean {
  return (graph.outgoing.get(id) ?? []).some((edge) => reachable(graph, edge.to).has(id));
}

function checkHoldout(document: StrategyDocument, graph: StrategyGraph): Finding[] {
  const holdouts = document.nodes.filter((node) => node.kind === 'holdout');
  const treatments = document.nodes.filter((node) => node.kind === 'send' || node.kind === 'task');
  const findings = holdouts.slice(1).map((node) => finding('holdout_repeated', { nodeId: node.id }));
  const holdout = holdouts[0];
  if (!holdout) return treatments.length > 0 ? [...findings, finding('holdout_missing')] : findings;
  const untreated = reachable(graph, holdout.id, 'holdout');
  for (const node of treatments) {
    if (reachable(graph, node.id).has(holdout.id)) {
      findings.push(finding('holdout_after_send', { nodeId: holdout.id }));
    }
    if (untreated.has(node.id)) findings.push(finding('holdout_treated', { nodeId: node.id }));
  }
  return findings;
}

function checkPurpose(document: StrategyDocument): Finding[] {
  const findings: Finding[] = [];
  const treatments = document.nodes.filter((node) => node.kind === 'send' || node.kind === 'task');
  if (!document.goal) findings.push(finding('goal_missing', { path: 'goal' }));
  if (treatments.length === 0) findings.push(finding('nothing_sent'));
  const unjudged = treatments.find((node) => !node.riskLevel);
  if (document.policy.purpose === 'marketing' && !document.policy.riskLevel && unjudged) {
    findings.push(finding('risk_level_missing', { nodeId: unjudged.id, path: 'policy.riskLevel' }));
  }
  return findings;
}

/** Longest way to each waiting node, by the time its waits can take, against the goal's window. */
function checkDuration(document: StrategyDocument, graph: StrategyGraph): Finding[] {
  if (!document.goal) return [];
  const longestMs = new Map<string, number>();
  const findings: Finding[] = [];
  for (const id of topologicalOrder(graph)) {
    const node = graph.nodes.get(id)!;
    const leavesAfterMs = (longestMs.get(id) ?? 0) + waitMs(node);
    if (node.kind === 'wait' && leavesAfterMs > document.goal.withinMs) {
      findings.push(finding('goal_shorter_than_path', { nodeId: id }));
    }
    for (const edge of graph.outgoing.get(id) ?? []) {
      longestMs.set(edge.to, Math.max(longestMs.get(edge.to) ?? 0, leavesAfterMs));
    }
  }
  return findings;
}

function waitMs(node: StrategyDocument['nodes'][number]): number {
  if (node.kind !== 'wait') return 0;
  if (node.wait.type === 'duration') return node.wait.durationMs;
  return node.wait.type === 'event' ? node.wait.timeoutMs : 0;
}
