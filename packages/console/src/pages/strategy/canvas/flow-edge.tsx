import { BaseEdge, EdgeLabelRenderer, type Edge, type EdgeProps } from '@xyflow/react';
import { pathThrough, type Point } from './lay-out.ts';
import styles from './flow-edge.module.css';

export type FlowEdgeData = {
  points: Point[];
  label: string;
  /** What share of those who left the node went this way, as written; empty while nobody has. */
  share: string;
  /** 0 to 1: how thick the line is drawn. */
  weight: number;
  quiet: boolean;
};
export type RoutedEdge = Edge<FlowEdgeData, 'flow'>;

/** An edge as the layout routed it, with its label and its share in the middle. */
export function FlowEdge({ id, data, markerEnd }: EdgeProps<RoutedEdge>) {
  if (!data) return null;
  const { points, label, share, weight, quiet } = data;
  const middle = points[Math.floor(points.length / 2)];
  return (
    <>
      <BaseEdge
        id={id}
        path={pathThrough(points)}
        markerEnd={markerEnd}
        style={{
          stroke: quiet ? '#bdb8a9' : '#8fae9f',
          strokeWidth: 1.4 + weight * 2.6,
          strokeDasharray: quiet ? '5 4' : undefined,
        }}
      />
      {middle && (label || share) && (
        <EdgeLabelRenderer>
          <div
            className={styles.label}
            data-quiet={quiet}
            style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}
          >
            {label}
            {share && <b>{share}</b>}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}
