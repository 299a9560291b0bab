import type { KeyboardEvent } from 'react';

/**
 * Nodes of a React Flow graph take the focus, but only a click on them is told: with this on the element around the graph,
 * Enter or space on a node is the same as a click.
 */
export function onNodeKey(act: (nodeId: string) => void): (event: KeyboardEvent) => void {
  return (event) => {
    const { target } = event;
    if (event.key !== 'Enter' && event.key !== ' ') return;
    if (!(target instanceof HTMLElement) || !target.matches('.react-flow__node')) return;
    event.preventDefault();
    act(target.dataset['id'] ?? '');
  };
}
